"""A minimal Django view around one model: text in, label out, nothing else.

MODEL names it: `okt`, `komoran` or `hannanum` for the original's, `ours` for the shipped one. With DATABASE_URL every
text is kept with its label in PostgreSQL, and a GET answers with the last twenty.
"""

import json
import os
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY=os.urandom(16).hex())
django.setup()


def load_calls(name: str) -> dict[str, Any]:
    """The ways to ask a model, by name: a text in, a label out."""
    if name == "ours":
        from ml.artifacts import EMOTION_MODEL
        from ml.emotion.predict import Predictor

        predictor = Predictor.load(EMOTION_MODEL)
        calls: dict[str, Any] = {"predict": lambda text: predictor.predict([text])[0].label}
    else:
        from benchmarks.original.model import OriginalModel

        model = OriginalModel(name)
        calls = {"predict": model.predict, "predict_on_batch": model.predict_on_batch}
    return calls


def connect() -> Any:
    """A connection to DATABASE_URL with its table of entries; None without one."""
    if not os.environ.get("DATABASE_URL"):
        return None
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")  # the workers start at once
        cursor.execute("CREATE TABLE IF NOT EXISTS entries (id serial PRIMARY KEY, text text, label text)")
        cursor.execute("SELECT pg_advisory_unlock(1)")
    return connection


CALLS = load_calls(os.environ["MODEL"])
DATABASE = connect()


def answer(request: HttpRequest, call: str = "predict") -> JsonResponse:
    """Label the text of a POST; list the last entries for a GET."""
    if request.method == "GET":
        return JsonResponse({"entries": _last_entries()})
    text = json.loads(request.body)["text"]
    label = CALLS[call](text)
    if DATABASE is not None:
        with DATABASE.cursor() as cursor:
            cursor.execute("INSERT INTO entries (text, label) VALUES (%s, %s)", (text, label))
    return JsonResponse({"label": label}, status=201)


def _last_entries() -> list[Any]:
    if DATABASE is None:
        return []
    with DATABASE.cursor() as cursor:
        cursor.execute("SELECT text, label FROM entries ORDER BY id DESC LIMIT 20")
        return list(cursor.fetchall())


urlpatterns = [path("", answer), path("<str:call>/", answer)]
application = get_wsgi_application()
