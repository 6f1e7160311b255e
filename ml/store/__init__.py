"""Versions of trained models: published once to a folder or to S3, fetched and checked, never overwritten."""
