"""The task of the word network that listens for crises: two labels of a Korean text."""

from ml.emotion.text import normalize
from ml.encoder.task import Task
from ml.safety.phrases import CRISIS, NONE

CRISIS_TASK = Task(labels=(NONE, CRISIS), language="Korean", normalize=normalize, probes=())
