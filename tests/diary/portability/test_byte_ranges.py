"""Which part of a file a Range header asks for (RFC 9110, 14.1.2)."""

import pytest

from diary.api.byte_ranges import find_range


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-99", range(100)),
        ("bytes=10-19", range(10, 20)),
        ("bytes=90-1000", range(90, 100)),
        ("bytes=99-", range(99, 100)),
        ("bytes=-1", range(99, 100)),
        ("bytes=-1000", range(100)),
        ("BYTES= 5-6 ", range(5, 7)),
    ],
)
def test_one_range(asked: str, found: range) -> None:
    assert find_range(asked, 100) == found


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"])
def test_range_beyond_the_end_is_empty(asked: str) -> None:
    assert find_range(asked, 100) == range(0)


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,5-6", "bytes=a-b", "items=0-1", "bytes=٣-٤", "bytes=0--1"],
)
def test_what_is_no_single_range_asks_for_all(asked: str) -> None:
    assert find_range(asked, 100) is None
