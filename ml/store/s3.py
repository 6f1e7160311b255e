"""A store in a bucket of S3, or of any service that speaks its protocol (AWS_ENDPOINT_URL names it)."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from boto3.session import Session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from ml.errors import ModelError, StoreError
from ml.store.base import CHUNK_BYTES, Download, TransferInterrupted, read_document
from ml.store.disk import describe_os_error

# A PUT in one piece ends here: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
MAX_PUT_BYTES = 5 * 1024**3
_CONFIG = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "total_max_attempts": 4},
    # The newer checksums of AWS are refused by older services; every file is checked by SHA-256 on its way back.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}
_ABSENT = {"NoSuchKey", "404", "NotFound"}
_DENIED = {"AccessDenied", "403", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}
_EXISTS = {"PreconditionFailed", "412"}
_BAD_RANGE = {"InvalidRange", "416"}
_RACE = {"ConditionalRequestConflict", "409"}
_UNSUPPORTED = {"NotImplemented", "501"}


class _AbsentError(ModelError):
    """There is no such object."""


class S3Store:
    """Objects of one bucket under a prefix. Credentials and region come from where every AWS tool looks."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        with _translated(f"s3://{bucket}"):
            # A session of its own: the shared one of boto3 keeps the first credentials that it saw.
            self._client = Session().client("s3", config=Config(**_CONFIG))

    def locate(self, key: str) -> str:
        """The s3:// address of the key."""
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def list_files(self, folder: str) -> dict[str, int]:
        """Key → size in bytes of everything below a folder."""
        with _translated(self.locate(folder)):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"
            )
            objects = [found for page in pages for found in page.get("Contents", ())]
        return {found["Key"].removeprefix(self._prefix): found["Size"] for found in objects}

    def read(self, key: str) -> bytes | None:
        """A small object whole; None when there is none."""
        try:
            with self.open(key, start=0) as download:
                return read_document(download, place=self.locate(key))
        except _AbsentError:
            return None

    @contextmanager
    def open(self, key: str, *, start: int) -> Iterator[Download]:
        """Open an object by a Range request; a service that ignores the range is read from the beginning."""
        place = self.locate(key)
        with _translated(place):
            answer = self._get(f"{self._prefix}{key}", start)
        with closing(answer["Body"]) as body:
            first, size = _read_range(answer)
            yield Download(first, size, _read_chunks(body, place))

    def create(self, key: str, source: Path, *, sha256: str, report: Callable[[int], None]) -> bool:
        """PUT an object with If-None-Match, so that of two publishers one wins; the service checks its MD5."""
        place = self.locate(key)
        try:
            size = source.stat().st_size
            if size > MAX_PUT_BYTES:
                raise ModelError(f"{source}: {size} bytes are more than S3 takes in one piece")
            with source.open("rb") as file:
                md5 = _check_source(file, source, sha256)
                request = {"Key": f"{self._prefix}{key}", "ContentMD5": md5, "Body": _Reported(file, report)}
                return self._put(place, request)
        except OSError as error:
            raise describe_os_error(error, str(source)) from error

    def _get(self, key: str, start: int) -> dict[str, Any]:
        request = {"Bucket": self._bucket, "Key": key}
        if start:
            try:
                return dict(self._client.get_object(**request, Range=f"bytes={start}-"))
            except ClientError as error:
                if _code(error) not in _BAD_RANGE:
                    raise
        return dict(self._client.get_object(**request))

    def _put(self, place: str, request: dict[str, Any]) -> bool:
        with _translated(place):
            try:
                self._client.put_object(Bucket=self._bucket, IfNoneMatch="*", **request)
            except ClientError as error:
                code = _code(error)
                if code in _EXISTS:
                    return False
                if code in _RACE:
                    raise ModelError(f"{place} is being published by somebody else. Try again") from error
                if code not in _UNSUPPORTED:
                    raise
                return self._put_unconditionally(request)
        return True

    def _put_unconditionally(self, request: dict[str, Any]) -> bool:
        """For a service without If-None-Match: look first. Two publishers at the same moment are not told apart."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=request["Key"])
        except ClientError as error:
            if _code(error) not in _ABSENT:
                raise
            request["Body"].seek(0)
            self._client.put_object(Bucket=self._bucket, **request)
            return True
        return False


class _Reported:
    """A file that reports how far it was read; a retry, or the signature, which reads it all, takes that back."""

    def __init__(self, file: BinaryIO, report: Callable[[int], None]) -> None:
        self._file = file
        self._report = report

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._report(len(content))
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        before = self._file.tell()
        after = self._file.seek(offset, whence)
        self._report(after - before)
        return after

    def tell(self) -> int:
        return self._file.tell()


def _check_source(file: BinaryIO, source: Path, sha256: str) -> str:
    """The MD5 of a file, as a Content-MD5 header; the protocol asks for MD5. Leaves the file at its beginning."""
    digest, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        md5.update(chunk)
    if digest.hexdigest() != sha256:
        raise ModelError(f"{source} was changed while it was published. Try again")
    file.seek(0)
    return base64.b64encode(md5.digest()).decode()


def _read_range(answer: Mapping[str, Any]) -> tuple[int, int]:
    """(first byte, size of the whole object) of an answer to GET; see RFC 9110, section 14.4."""
    content_range = answer.get("ContentRange")
    if not content_range:
        return 0, int(answer["ContentLength"])
    span, _, size = str(content_range).removeprefix("bytes ").partition("/")
    return int(span.partition("-")[0]), int(size)


def _read_chunks(body: Any, place: str) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(CHUNK_BYTES)
    except BotoCoreError as error:  # cut off, or silent for longer than read_timeout
        raise TransferInterrupted(f"{place}: the connection broke off ({error})") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated(place: str) -> Iterator[None]:
    """Turn what boto3 raises into a ModelError that says what to do."""
    try:
        yield
    except ClientError as error:
        raise _describe(error, place) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreError(f"{place}: no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from error
    except (BotoConnectionError, HTTPClientError) as error:
        raise StoreError(f"{place}: the service cannot be reached, check AWS_ENDPOINT_URL ({error})") from error
    except (BotoCoreError, ValueError) as error:  # a bad region, profile, endpoint or name of a bucket
        raise ModelError(f"{place}: {error}") from error


def _describe(error: ClientError, place: str) -> ModelError:
    code = _code(error)
    if code == "NoSuchBucket":
        return StoreError(f"{place}: the bucket does not exist. Make it, or correct the name")
    if code in _ABSENT:
        return _AbsentError(f"{place} does not exist")
    if code in _DENIED:
        # S3 says the same of an object that is not there to who may not list the bucket.
        return StoreError(f"{place}: not allowed ({code}). Check the credentials and the rights of their owner")
    return ModelError(f"{place}: {error.response.get('Error', {}).get('Message') or code} ({code})")
