"""Uploads of every make, and broken ones: rows, or one sentence for the curator."""

import io
import os
import struct
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.exchange import limits
from catalog.exchange.errors import UnreadableFileError
from catalog.exchange.reading import read_rows
from tests.catalog.exchange.files import csv_file, with_part, xlsx_file

SHEET = "xl/worksheets/sheet1.xml"
# A place, and the byte that is put there.
DAMAGES = st.tuples(st.integers(0, 10_000), st.integers(0, 255))
ROWS = [(1, ["식별자", "제목"]), (2, ["tt1", "봄, 여름"])]


def refusal(file: io.BytesIO) -> str:
    """What a curator is told of a file that can't be read."""
    with pytest.raises(UnreadableFileError) as refused:
        list(read_rows(file))
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_encoding_of_a_spreadsheet_is_read(encoding: str, line_end: str) -> None:
    assert list(read_rows(csv_file(f'식별자,제목{line_end}tt1,"봄, 여름"', encoding))) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_separator_is_read(delimiter: str) -> None:
    assert list(read_rows(csv_file(f'식별자{delimiter}제목\ntt1{delimiter}"봄, 여름"\n'))) == ROWS


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    file = csv_file('식별자,제목\n\ntt1,"두\n줄"\n,\ntt2,x\n')
    assert [number for number, _cells in read_rows(file)] == [1, 3, 5]


def test_values_of_a_workbook_are_read_as_texts() -> None:
    values = ["tt1", 2003, 2003.0, 1.25, None, True, datetime(2020, 1, 2), date(2020, 1, 2), "끝"]
    rows = list(read_rows(xlsx_file([["식별자"] * len(values), [], values])))
    assert rows[1] == (
        3,
        ["tt1", "2003", "2003", "1.25", "", "True", "2020-01-02", "2020-01-02", "끝"],
    )


def test_a_formula_is_never_what_is_read() -> None:
    file = xlsx_file([["식별자", "제목"], ["tt1", '=HYPERLINK("http://evil.example","x")']])
    assert list(read_rows(file))[1] == (2, ["tt1"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "아무 행도"),
        (b"external_id,title\n", "아무 행도"),
        (b"\n\n\n", "아무 행도"),
        (b"\xff\xfea", "글자를 읽지"),
        (b"\x81\xff\xfe\xfa\n1", "글자를 읽지"),
        (b"external_id\n" + b"x" * 200_000, "읽지 못했어요"),
        (b'external_id\n"' + b"x\n" * 100_000, "읽지 못했어요"),
        (b"external_id\n" + b"," * 101, "칸이 너무 많아요"),
        (b"PK\x03\x04 and nothing of a workbook", "깨져 있어요"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "암호"),
        (b"external_id\n" + b"x\n" * (limits.MAX_ROWS + 1), "행이 너무 많아요"),
        (b"a" * (limits.MAX_FILE_BYTES + 1), "파일이 너무 커요"),
    ],
)
def test_what_can_not_be_read_is_refused_with_a_sentence(content: bytes, told: str) -> None:
    assert told in refusal(io.BytesIO(content))


def test_a_hundred_thousand_rows_are_refused_early() -> None:
    """Of a workbook as well, at the first row too many."""
    row = b"<row><c t='inlineStr'><is><t>x</t></is></c></row>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>'
    file = with_part(xlsx_file([["external_id"]]), SHEET, sheet % (row * 100_000) + b"</worksheet>")
    assert "너무" in refusal(file)


def test_an_empty_end_of_a_sheet_is_passed_over() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>external_id</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'
    )
    assert "아무 행도" in refusal(with_part(xlsx_file([["x"]]), SHEET, sheet))


def test_rows_beyond_any_sheet_end_the_reading() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"><c r="A2"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert "아무 행도" in refusal(with_part(xlsx_file([["x"]]), SHEET, sheet))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "너무 커요" in refusal(with_part(xlsx_file([["x"]]), SHEET, b" " * (limits.MAX_UNPACKED_BYTES + 1)))
    assert "너무 커요" in refusal(with_part(xlsx_file([["x"]]), SHEET, b" " * (limits.RATIO_COUNTS_FROM_BYTES + 1)))
    assert "너무 커요" in refusal(
        with_part(xlsx_file([["x"]]), "xl/styles.xml", os.urandom(limits.MAX_FURTHER_PART_BYTES + 1))
    )


def test_a_size_that_is_only_declared_is_refused() -> None:
    file = xlsx_file([["external_id"], ["tt1"]])
    content = bytearray(file.getvalue())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 4_000_000_000)  # the size that the directory tells
    assert "너무 커요" in refusal(io.BytesIO(bytes(content)))


def test_entities_of_xml_are_not_expanded() -> None:
    sheet = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    assert "깨져 있어요" in refusal(with_part(xlsx_file([["x"]]), SHEET, sheet))


@settings(max_examples=60, deadline=None)
@given(st.lists(DAMAGES, min_size=1, max_size=20), st.integers(0, 9_000))
def test_a_workbook_with_any_damage_is_read_or_refused(damage: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(WORKBOOK)
    for place, byte in damage:
        content[place % len(content)] = byte
    for broken in (bytes(content), WORKBOOK[: cut % len(WORKBOOK)]):
        read_or_refuse(broken)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]), st.data())
def test_a_part_with_any_damage_is_read_or_refused(part: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        content = archive.read(part)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    middle = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from([b"<a>", b'r="-1"', b"1e999", b"<row/>"])))
    read_or_refuse(with_part(io.BytesIO(WORKBOOK), part, content[:start] + middle + content[end:]).getvalue())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)


WORKBOOK = xlsx_file([["external_id", "title", "year"], ["tt1", "봄", 2003], ["tt2", "여름", 1.5]]).getvalue()


def read_or_refuse(content: bytes) -> None:
    try:
        rows = list(read_rows(io.BytesIO(content)))
    except UnreadableFileError as refused:
        assert str(refused)
    else:
        assert len(rows) >= 2
