"""LSTM on KoNLPy morphemes: the original's model. Only `settings` can be imported without requirements/train.txt."""
