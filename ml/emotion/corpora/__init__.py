"""The corpora that emotion models learn from: one module each, and the registry that reads `--data` values."""
