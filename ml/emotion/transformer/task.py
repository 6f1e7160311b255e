"""The task of every encoder here: the six emotions of a Korean text."""

from ml.emotion.text import normalize
from ml.encoder.task import Task
from ml.labels import Emotion

EMOTION_TASK = Task(
    labels=tuple(Emotion),
    language="Korean",
    normalize=normalize,
    # Short, long (several windows), mixed and blank.
    probes=(
        "",
        "오늘은 정말 행복했다.",
        "버스를 놓쳐서 회사에 늦었고, 하루 종일 마음이 무거웠다. 내일 발표가 있는데 준비를 하나도 못 했다.",
        "친구가 약속을 또 어겼다ㅠㅠ 너무 화가 난다!!",
        "그냥 밥 먹고 산책하고 잤다. 2026-11-25 OK",
        "사람들 앞에서 이름을 잘못 불러서 얼굴이 빨개졌다. " * 30,
    ),
)
