"""Prometheus metrics of the reading of entries. No label tells anything of an entry or a person."""

from prometheus_client import Counter, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)

# outcome: `saved`; `late`, when the entry had moved on meanwhile; `failed`, when the model or a text did not open.
ANALYSES = Counter("moduhyu_analyses", "Entries that were read.", ["outcome"])
ANALYSIS_SECONDS = Histogram("moduhyu_analysis_seconds", "Time to read an entry and save it.", buckets=SECONDS)
