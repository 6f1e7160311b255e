"""The errors that `ml` raises on purpose; each message says what to do."""


class ModelError(Exception):
    """A model folder is missing, incomplete, corrupt, or made for another version of the code."""


class DamagedError(ModelError):
    """A file is not the one that its manifest names."""


class DiskFullError(ModelError):
    """There is no room for a model."""


class StoreError(ModelError):
    """A store of models is not where it was said to be, or does not answer, or lets nobody in."""


class DataError(Exception):
    """A file of training data cannot be read; the message names the file and, where known, row and column."""
