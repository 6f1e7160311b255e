"""Nothing that reads diaries tells anybody that it does."""

import os
import subprocess
import sys
from pathlib import Path

from ml.artifacts import EMOTION_MODEL

ROOT = Path(__file__).resolve().parents[2]
READ = (
    "from pathlib import Path; from ml.emotion.predict import Predictor; "
    "print(Predictor.load(Path({!r})).predict(['비가 그쳤다.'])); "
    "print(*(Path('/proc/self/fd', fd).resolve() for fd in __import__('os').listdir('/proc/self/fd')), sep='\\n')"
)


def test_onnx_runtime_keeps_no_telemetry(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-c", READ.format(str(EMOTION_MODEL))]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "Prediction" in done.stdout
    assert "onnxruntime.db" not in done.stdout
    assert list(tmp_path.rglob("*")) == []  # neither a database of events nor a number for the device
