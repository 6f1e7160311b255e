"""What an emotion model adds to a Django process: `python -m benchmarks.emotion_memory`.

The process is what `startproject` makes, with a page answered. To what it holds come numpy, ONNX Runtime, the model,
and reading texts of 60 and 600 characters; mapped weights count, too, though the processes of a machine share them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import django
from django.core.handlers.wsgi import WSGIHandler

from ml.artifacts import EMOTION_MODEL
from ml.memory import MIB, resident_mib

_READINGS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=EMOTION_MODEL)
    options = parser.parse_args()
    serve_bare_page()
    bare = resident_mib()
    # The imports are a part of what is measured.
    from ml.emotion.predict import Predictor
    from ml.emotion.profile import SIZES, TEXT

    predictor = Predictor.load(options.model)
    for size in SIZES:
        for _ in range(_READINGS):
            predictor.predict([(TEXT * size)[:size]])
    added = resident_mib() - bare
    print(f"bare Django  {bare:6.1f} MiB")
    print(f"model        {added:6.1f} MiB more ({added * MIB / 1e6:.1f} MB)")


def serve_bare_page() -> None:
    """Answer a request by a project that has nothing of its own. Raises RuntimeError when it does not."""
    answered = []
    environ = {"PATH_INFO": "/admin/login/", "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "django", "startproject", "bare", folder], check=True)
        sys.path.insert(0, folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bare.settings"
        django.setup()
        list(WSGIHandler()(environ, lambda status, headers: answered.append(status)))
    if answered != ["200 OK"]:
        raise RuntimeError(f"a bare Django answered {answered}")


if __name__ == "__main__":
    main()
