"""`compact`, the default: n-grams, and, where a large model has taught it, a word network beside them."""
