"""The OpenAPI document leaves no operation without a summary, examples and the errors that it answers with."""

import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from jsonschema_rs import Draft202012Validator

from diary.api import document_view
from diary.api.examples import FOLDER, operations
from diary.api.problem import CONTENT_TYPE

Json = dict[str, Any]

# A client is generated from these names: api.entries.create_entry.
VERBS = (
    *("add", "ask", "cancel", "change", "correct", "create", "delete", "download", "export", "give", "import", "list"),
    *("mark", "read", "recommend", "revoke", "search", "start", "sync", "take", "undo", "update", "write"),
)
SUMMARY = re.compile(r"[가-힣].* [A-Z][a-z].*")
ANYWHERE = {"401", "403", "406", "429", "503"}
WITH_BODY = {"400", "413", "415"}


@pytest.fixture(name="document")
def the_document() -> Json:
    return document_view.document()


def test_document_has_no_warnings() -> None:
    output = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=output)
    assert "openapi: 3.1" in output.getvalue()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/vnd.oai.openapi"),
        ("application/json", "application/json"),
        ("application/yaml", "application/yaml"),
    ],
)
def test_document_is_served_as_it_is_asked_for(client: Client, document: Json, accept: str, kind: str) -> None:
    response = client.get("/api/schema/", headers={"accept": accept, "accept-language": "en"})
    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert yaml.safe_load(response.content)["info"] == document["info"]


def test_document_introduces_the_api(document: Json) -> None:
    info = document["info"]
    assert info["description"]
    assert info["contact"]["email"]
    assert info["license"]["identifier"] == "MIT"
    assert document["servers"][0]["url"] == "/"
    used = {tag for operation in operations(document) for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"] if tag["description"]}


def test_document_operations_are_named_and_summed_up(document: Json) -> None:
    ids = Counter(operation["operationId"] for operation in operations(document))
    assert [name for name, count in ids.items() if count > 1] == []
    assert [name for name in ids if name.split("_")[0] not in VERBS or "_" not in name] == []
    unsummed = [o["operationId"] for o in operations(document) if not SUMMARY.fullmatch(o.get("summary", ""))]
    assert unsummed == []


def test_document_parameters_and_answers_are_described(document: Json) -> None:
    bare = [
        (operation["operationId"], parameter["name"])
        for operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["in"] != "path" and not parameter.get("description")
    ]
    assert bare == []
    assert [(name, code) for name, code, answer in answers(document) if not answer["description"]] == []


def test_document_operations_name_their_answers(document: Json) -> None:
    missing = {
        operation["operationId"]: sorted(lacking)
        for operation in operations(document)
        if (lacking := expected_codes(operation) - set(operation["responses"]))
    }
    assert missing == {}
    unsuccessful = [o["operationId"] for o in operations(document) if not any(c < "400" for c in o["responses"])]
    assert unsuccessful == []


def test_document_errors_are_problem_documents(document: Json) -> None:
    errors = [(name, code, set(answer["content"])) for name, code, answer in answers(document) if code >= "400"]
    assert [error for error in errors if error[2] != {CONTENT_TYPE}] == []


def test_document_bodies_have_examples(document: Json) -> None:
    readable = [(place, media) for place, media in bodies(document) if not is_binary(media["schema"])]
    assert [place for place, media in readable if not media.get("examples")] == []


def test_document_examples_are_true_to_their_schemas(document: Json) -> None:
    wrong = [
        (place, name, list(error.instance_path), error.message)
        for place, media in bodies(document)
        if not is_binary(media["schema"])
        for name, example in media["examples"].items()
        for error in Draft202012Validator(
            {**media["schema"], "components": document["components"]}, validate_formats=True
        ).iter_errors(example["value"])
    ]
    assert wrong == []


def test_document_uses_every_file_of_examples(document: Json) -> None:
    named = {media["schema"].get("$ref", "").rpartition("/")[2] for _place, media in bodies(document)}
    assert {path.stem for path in FOLDER.glob("*.json")} - named == set()


def expected_codes(operation: Json) -> set[str]:
    """The errors that an operation can't but answer with, by what it takes."""
    parameters = operation.get("parameters", [])
    codes = set(ANYWHERE) | (WITH_BODY if "requestBody" in operation else set())
    if any(parameter["in"] == "path" for parameter in parameters):
        codes.add("404")
    if any(parameter["in"] == "query" and parameter["schema"] != {"type": "string"} for parameter in parameters):
        codes.add("400")
    if any(parameter["name"] == "If-Match" for parameter in parameters):
        codes |= {"400", "412", "428"}
    return codes


def answers(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every answer of every operation: the operation's name, the status, and what is said of it."""
    for operation in operations(document):
        for code, answer in operation["responses"].items():
            shared = answer.get("$ref", "").rpartition("/")[2]
            yield operation["operationId"], code, document["components"]["responses"][shared] if shared else answer


def bodies(document: Json) -> Iterator[tuple[str, Json]]:
    """Every body that is sent or answered: where it stands, and its media type object."""
    for operation in operations(document):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{operation['operationId']} {kind}", media
    for name, code, answer in answers(document):
        for media in answer.get("content", {}).values():
            yield f"{name} {code}", media


def is_binary(schema: Json) -> bool:
    """Whether a body is a file, or a form that a file is sent with."""
    return schema.get("format") == "binary" or any(is_binary(field) for field in schema.get("properties", {}).values())
