"""The REST API of the diary: the same services and selectors as the pages, in JSON."""
