"""The original's stack, rebuilt to be measured: Keras' LSTM on TensorFlow, KoNLPy, and a Django view around them."""
