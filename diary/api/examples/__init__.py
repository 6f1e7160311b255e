"""Examples of the OpenAPI document: a file for each component that is sent or answered, named like it.

A file is OpenAPI's own map of examples. Those of problem documents are named by the status that they are given with.
What a view says of its examples itself stands above this.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
METHODS = ("get", "put", "post", "patch", "delete")


def add_examples(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Give every body that a file knows its examples, and answers a word; a postprocessing hook of drf-spectacular."""
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
    for name, answer in result["components"].get("responses", {}).items():
        _add(answer, files, code=name.removeprefix("Problem"))
    for operation in operations(result):
        _add(operation.get("requestBody", {}), files)
        for code, answer in operation["responses"].items():
            _add(answer, files, code=code)
            if answer.get("description") == "":
                answer["description"] = HTTPStatus(int(code)).phrase
    return result


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All operations of an OpenAPI document."""
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def _add(body: dict[str, Any], files: dict[str, Any], code: str = "") -> None:
    for media in body.get("content", {}).values():
        examples = files.get(media["schema"].get("$ref", "").rpartition("/")[2], {})
        # Those of a problem document belong to one status each, all others to whatever names their component.
        fitting = {name: example for name, example in examples.items() if not name.isdecimal() or name == code}
        if fitting and "examples" not in media:
            media["examples"] = fitting
