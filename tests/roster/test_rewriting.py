"""The example in a hint is the cell's own value, written as it should be."""

import pytest

from ilc_canvas.roster.office.rewriting import as_address, as_cds, as_code, as_day, as_number, as_school_year, as_time, as_word, day_hint

DAYS = {
    "9/4/2021": "2021-09-04", "10/25/21": "2021-10-25", "25.10.2021": "2021-10-25", "25/10/2021": "2021-10-25", "4.9.2021": "2021-09-04",
    "Oct 5, 2021": "2021-10-05", "October 5th 2021": "2021-10-05", "5-Oct-21": "2021-10-05", "Tue, Oct 5, 2021": "2021-10-05",
    "20211005": "2021-10-05", "2021/10/5": "2021-10-05", "2021-10-05 00:00:00": "2021-10-05", "10/5/2021 0:00": "2021-10-05",
    "44474": "2021-10-05", "soon": "", "13/13/2021": "", "2/30/2022": "", "99999": "", "٤٤٤٧٤": "", "0/0/0000": "",
}  # fmt: skip
TIMES = {
    "4:30 PM": "16:30", "4 PM": "16:00", "4:30p.m.": "16:30", "12:15 a.m.": "00:15", "16.30": "16:30", "1630": "16:30",
    "16:30:00": "16:30", "25:00": "", "13 PM": "", "noon": "", "9": "",
}  # fmt: skip
NUMBERS = {"1,200": "1200", "12.0": "12", "12 people": "12", "many": "", "-13": "", "1.5": "", "１２": ""}
YEARS = {"2021-2022": "2021-22", "2021/22": "2021-22", "SY 2021–22": "2021-22", "21-22": "2021-22", "2021-23": "", "soon": ""}
CODES = {"ILC 0001": "ILC-0001", "EQ /1": "EQ-1", "é": "", "https://x.org/?pwd=1": "", "a=b": ""}
CDS = {"43-69427-4330312": "43694274330312", "'43694274330312": "43694274330312", "4369427.0": "4369427", "4.36943E+13": "", "12": ""}
ADDRESSES = {
    "mailto:ada@example.org": "ada@example.org", "Ada <ada@example.org>": "ada@example.org", "ada@example.org.": "ada@example.org",
}  # fmt: skip
ROLES = {"Team Lead": "lead", "LEAD": "lead", "leader": "", "Lead, member": ""}
REGIONS = {"2": "II", "Region II": "II", "region 3": "III", "V": ""}
CASES = [
    *((as_day, *case) for case in DAYS.items()),
    *((as_time, *case) for case in TIMES.items()),
    *((as_number, *case) for case in NUMBERS.items()),
    *((as_school_year, *case) for case in YEARS.items()),
    *((as_code, *case) for case in CODES.items()),
    *((as_cds, *case) for case in CDS.items()),
    *((as_address, *case) for case in ADDRESSES.items()),
    *((lambda value: as_word(value, ("lead", "member", "")), *case) for case in ROLES.items()),
    *((lambda value: as_word(value, ("I", "II", "III", "IV", "")), *case) for case in REGIONS.items()),
]


@pytest.mark.parametrize(("rewrite", "value", "expected"), CASES)
def test_value_is_rewritten_or_left(rewrite: object, value: str, expected: str) -> None:
    """What can be told is written as it should be; what cannot is left to the person."""
    assert callable(rewrite)
    assert rewrite(value) == expected


def test_day_that_may_be_another_is_named() -> None:
    """If day and month may have been exchanged, the hint says which day it would be."""
    assert day_hint("9/4/2021") == "Write it as 2021-09-04, if September 4 is meant."
    assert day_hint("9/9/2021") == "Write it as 2021-09-09."
    assert day_hint("soon") == "Write it as year-month-day: 2021-10-05."
