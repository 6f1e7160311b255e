"""Films and tracks with their tags: what the site answers with. Knows nothing of diaries."""
