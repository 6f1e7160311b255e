"""Template tags of the curators' desk."""
