"""What the commands use of this architecture. Importing it says, as a ModelError, which package is missing."""

from ml.encoder.settings import TransformerSettings
from ml.errors import ModelError

try:
    from ml.encoder.fit import fit
    from ml.encoder.model import TransformerModel
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] == "ml":
        raise
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error

__all__ = ["TransformerModel", "TransformerSettings", "fit"]
