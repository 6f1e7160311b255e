"""The progress bar of a transfer."""

from tqdm import tqdm


def transfer_bar(file: str, size: int, *, start: int = 0, is_shown: bool) -> "tqdm[None]":
    """A bar of bytes on standard error."""
    return tqdm(total=size, initial=start, desc=file, unit="B", unit_scale=True, disable=not is_shown)
