"""Months and years in addresses."""

from datetime import date

from diary.look_back.calendar import read_month


class MonthConverter:
    """2026-11, as the first day of the month."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return read_month(value)

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}".rjust(7, "0")


class YearConverter:
    """2026; there is no year 0."""

    regex = r"[0-9]{4}"

    def to_python(self, value: str) -> int:
        return date(int(value), 1, 1).year

    def to_url(self, value: int) -> str:
        return f"{value:04d}"
