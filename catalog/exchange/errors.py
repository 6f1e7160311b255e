"""What can be wrong with a file, in words for the curator who uploads it."""


class UnreadableFileError(ValueError):
    """A file as a whole can't be used; the message says why and what to do."""


class CellError(ValueError):
    """One cell can't be used; the message says why."""
