"""The errors that `ml` raises on purpose; each message says what to do."""


class ModelError(Exception):
    """A model folder is missing, incomplete, corrupt, or made for another version of the code."""


class DataError(Exception):
    """A file of training data cannot be read; the message names the file and, where known, row and column."""
