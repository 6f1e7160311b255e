"""How uploads come in: too large ones are refused before they are read, for Django limits the fields of a form and not
its files, and what the disk does not take whole is deleted at once.
"""

import contextlib
from collections.abc import Iterator
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

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


class DeletedUpload(TemporaryFileUploadHandler):
    """Django's, except that no part of a diary stays in a file of which the disk does not take the rest."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._deleted_on_failure():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        with self._deleted_on_failure():
            return super().file_complete(file_size)

    @contextlib.contextmanager
    def _deleted_on_failure(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            with contextlib.suppress(OSError):  # closing writes the rest again, and deletes the file in any case
                self.file.close()
            raise
