"""What `ml.encoder` needs for Korean emotions, and a small Korean encoder to start from."""
