"""Where a store lies, in one word: the path of a folder, or s3://BUCKET/PREFIX."""

import re
from pathlib import Path
from typing import NamedTuple

from ml.errors import ModelError
from ml.store.base import Store
from ml.store.folder import FolderStore

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class S3Location(NamedTuple):
    """A bucket and the beginning of the keys in it."""

    bucket: str
    prefix: str


def parse_location(location: str) -> Path | S3Location:
    """Understand a location. Raises ModelError when it is empty or has another scheme than s3."""
    scheme, separator, rest = location.partition("://")
    if not separator:
        if not location.strip():
            raise ModelError("no model store is named: give a folder or s3://BUCKET/PREFIX")
        return Path(location).expanduser()
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not _BUCKET.fullmatch(bucket):
        raise ModelError(f"{location!r} is no model store: give a folder or s3://BUCKET/PREFIX")
    return S3Location(bucket, prefix)


def open_store(location: str) -> Store:
    """The store at a location; nothing is asked of it yet. Raises ModelError for what is no location."""
    place = parse_location(location)
    if isinstance(place, Path):
        return FolderStore(place)
    # boto3 takes 20 MB of memory, which a web process that only reads its location has no use for.
    from ml.store.s3 import S3Store

    return S3Store(place.bucket, place.prefix)
