"""Refuses uploads that are too large before they are read: Django limits the fields of a form, not its files."""

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from diary.portability.limits import MAX_UPLOAD_BYTES, MIB

# What a form holds besides the file.
MAX_REQUEST_BYTES = MAX_UPLOAD_BYTES + MIB


class UploadLimit(FileUploadHandler):
    """The first of the upload handlers: looks at the size and leaves the file to the others."""

    def handle_raw_input(
        self, input_data: IO[bytes], META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig(f"An upload of {content_length} bytes is over the limit.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
