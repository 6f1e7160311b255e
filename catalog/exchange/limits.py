"""How much a file may bring."""

MIB = 2**20

MAX_FILE_BYTES = 10 * MIB
# More than the shipped films or tracks. They are compared while the curator waits.
MAX_ROWS = 20_000
MAX_COLUMNS = 100
# Of the line of headings, by which the separator is told.
MAX_HEADINGS_CHARACTERS = 10_000
# Of an XLSX file once it is unpacked. Real ones pack to a tenth or so; a bomb packs to a thousandth.
MAX_UNPACKED_BYTES = 48 * MIB
MAX_RATIO = 100
RATIO_COUNTS_FROM_BYTES = 4 * MIB
MAX_PARTS = 1_000
# Of each part that is no sheet and no table of texts: openpyxl reads those whole.
MAX_FURTHER_PART_BYTES = 4 * MIB
# Excel's own limit, up to which rows without anything may stand between others.
LAST_ROW = 1_048_576
# Of an export as XLSX, which has to be complete before it is sent.
MAX_XLSX_ROWS = 20_000
