"""Plain Python around the models: no Django, no settings."""

import os

# The official builds of ONNX Runtime report to Microsoft by default, and keep a number of the device in the home
# folder (its Privacy.md). It reads this once, when it is imported: every module of ours that does so comes after this.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
