"""What lies in the folder of a trained model, by name. Standard library only."""

MODEL_FILE = "model.onnx"  # of the n-grams; the networks name their own files
WEIGHTS_FILE = "weights.bin"  # theirs
METRICS_FILE = "metrics.json"
CARD = "MODEL_CARD.md"
CONFUSION = "confusion.png"
RELIABILITY = "reliability.png"
TRAINER = "ml.emotion.train"
COMPACT = "compact"
NGRAM = ("linear", COMPACT)
HYBRID = "hybrid"
NEURAL = ("lstm", "transformer")
