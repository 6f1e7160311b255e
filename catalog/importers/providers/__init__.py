"""Where tracks come from: one module a source, all behind the interface of `base`."""
