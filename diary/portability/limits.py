"""How much one import may bring. What a file says of its own sizes is never believed: what is read is counted."""

MIB = 2**20

MAX_UPLOAD_BYTES = 50 * MIB
MAX_ENTRIES = 20_000
# Of all lists in a JSON file together: entries, and what is said of films and tracks.
MAX_VALUES = 100_000
MAX_JOURNALS = 100
MAX_UNPACKED_BYTES = 200 * MIB
# Diaries pack to a tenth or so; Deflate ends at 1:1032, which only a bomb comes near.
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 4 * MIB
# Of a ZIP's table of contents, which zipfile reads as a whole: about 100,000 names.
MAX_DIRECTORY_BYTES = 8 * MIB
# Of one value in a JSON file: the longest entry with all of its sentences' scores.
MAX_VALUE_CHARACTERS = 8_000_000
# Bad rows and examples that a preview names; the rest is counted.
MAX_SHOWN_ROWS = 100
