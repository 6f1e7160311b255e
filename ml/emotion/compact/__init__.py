"""`compact`, the default: n-grams, and beside them, where a large model teaches, a word and a piece network."""
