"""What lies in the folder of a trained mood model, by name. Standard library only."""

MODEL_FILE = "model.onnx"
METRICS_FILE = "metrics.json"
CARD = "MODEL_CARD.md"
CONFUSION = "confusion.png"
TRAINER = "ml.music.train"
