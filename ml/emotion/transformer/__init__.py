"""Fine-tuning of any Hugging Face sequence classifier; `architecture` needs torch, `served` only onnxruntime."""
