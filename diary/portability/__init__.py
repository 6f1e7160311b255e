"""A diary belongs to its writer: everything out as files, and in from files of this site and of other diaries."""
