"""The diary: entries, what was read in them, and how they were answered."""
