"""Fine-tuning of pretrained encoders as text classifiers; `architecture` needs torch, `served` only onnxruntime.

What is classified is a `task.Task`: the Korean emotions of entries, or the feelings of English review sentences.
"""
