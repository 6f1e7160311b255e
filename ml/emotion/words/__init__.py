"""The word network of `compact`: a small transformer over words, each the sum of its n-grams' vectors.

It has no vocabulary and no pretrained weights; what it knows, a large model has taught it (`ml.emotion.distil`).
"""
