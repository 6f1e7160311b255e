"""`hybrid`: the n-grams of `compact`, which know words, and a small pretrained encoder, which knows what they mean."""
