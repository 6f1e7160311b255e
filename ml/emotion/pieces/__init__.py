"""The piece network of `compact`: convolutions over the pieces of words, cut out of a multilingual sentence encoder.

What it knows before any label, Google's universal-sentence-encoder-multilingual v3 has learned from much text.
"""
