"""What curators do to the catalogue: every step recorded with what it changed, and undone where that is wanted."""
