"""The directory of schools and districts that comes along."""

import csv
from pathlib import Path

import pytest

from ilc_canvas.files import config_path
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.directory import read_directory

REFERENCE = config_path("reference")


def test_directory_holds_every_code() -> None:
    """Each school and district of the two files is found by its code, leading zeros and all, with its name as written there."""
    directory = read_directory(REFERENCE)
    with (REFERENCE / "schools.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert dict(directory.schools) == {row["cds_code"]: row["school"] for row in rows}
    assert (len(directory.schools), len(directory.districts), len(directory.counties)) == (10_398, 1_088, 58)
    assert (directory.districts["0110017"], directory.counties["01"]) == ("Alameda County Office of Education", "Alameda")
    assert {code[:7] for code in directory.schools} <= directory.districts.keys()


def test_missing_directory_is_named(tmp_path: Path) -> None:
    """A folder without the files is refused in a sentence that names the file."""
    with pytest.raises(RosterError, match=r"districts\.csv cannot be read"):
        read_directory(tmp_path)
