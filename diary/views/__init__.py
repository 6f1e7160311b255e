"""The pages of the diary: each translates a request into one call of a service or selector, and back."""
