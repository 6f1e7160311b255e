"""What lies in the folder of a trained model, by name. Standard library only."""

MODEL_FILE = "model.onnx"  # of the n-gram architectures; the neural ones name their own files
METRICS_FILE = "metrics.json"
TRAINER = "ml.emotion.train"
NGRAM = ("linear", "compact")
NEURAL = ("lstm", "transformer")
