"""IMDb's non-commercial tables: gzipped, tab-separated, `\\N` for what is not known, no quoting.

The format: https://developer.imdb.com/non-commercial-datasets/. `films.py` is the way in; the others are its steps:
`tables.py` (which file is which), `lines.py` (bytes → whole lines), `engine.py` (DuckDB), `queries.py` (the join).
"""
