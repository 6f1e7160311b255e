"""English film reviews → how strongly a film carries each of the five feelings."""
