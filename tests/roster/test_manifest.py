"""A manifest and its files belong together, byte for byte."""

import hashlib
import json
from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.manifest import read_manifest
from ilc_canvas.roster.intake import Files, take
from ilc_canvas.roster.reading import File
from tests.roster.cast import COUNTIES, SIGNED, V3, V4, edited, files, sample, taken


def manifest(**fields: object) -> File:
    """Version 3's manifest with other fields."""
    signed = sample(SIGNED[V3])
    return replace(signed, data=json.dumps({**json.loads(signed.data), **fields}).encode())


@pytest.mark.parametrize(("names", "other"), [(V3, V4), (V4, V3)], ids=["v3 under v4", "v4 under v3"])
def test_foreign_manifest_is_refused(names: tuple[str, ...], other: tuple[str, str, str]) -> None:
    """Files of one version under the sign-off of the other: what is not named and what was not given are both said."""
    with pytest.raises(RosterError, match=f"(?s)does not name {names[0]}.*names {other[0]}, which was not given"):
        taken(Files(*map(sample, names)), sample(SIGNED[other]))


def test_renamed_file_is_refused_by_hash() -> None:
    """Version 4's file under version 3's name does not pass."""
    roster = replace(sample(V4[0]), name=V3[0])
    with pytest.raises(RosterError, match="not the file that was signed: its hash begins 5801a545 instead of b8032bcd"):
        taken(files(roster=roster), sample(SIGNED[V3]))


def test_truncated_file_is_refused_by_count() -> None:
    """The cut file under the signed name: hash and rows differ, and both are said."""
    roster = replace(sample("roster_2021-22_truncated.csv"), name=V3[0])
    with pytest.raises(RosterError, match=r"about 178 rows where 324 were signed"):
        taken(files(roster=roster), sample(SIGNED[V3]))


def test_one_changed_letter_is_refused() -> None:
    """A correction after signing is a new version, not this one."""
    with pytest.raises(RosterError, match="not the file that was signed"):
        taken(files(cops=edited(sample(V3[2]), "EQ", capacity="61")), sample(SIGNED[V3]))


def test_wrong_row_count_is_refused() -> None:
    """A manifest that contradicts the file it hashes is refused as well."""
    counts = {name: {"rows": 9, "sha256": hashlib.sha256(sample(name).data).hexdigest()} for name in V3}
    with pytest.raises(RosterError, match=r"cops_2021-22\.csv has 10 rows, and 9 were signed"):
        taken(files(), manifest(files=counts))


def test_other_school_year_is_refused() -> None:
    """A manifest of one year does not open another."""
    with pytest.raises(RosterError, match="It is for 2021-22, and 2022-23 was asked for"):
        take(files(), manifest=manifest(), school_year="2022-23", counties=COUNTIES)


WRONG: dict[str, tuple[str, object]] = {
    "another kind": ("kind", "ilc-calendar-manifest"),
    "not finalized": ("status", "draft"),
    "no version": ("roster_version", None),
    "version as text": ("roster_version", "3"),
    "version zero": ("roster_version", 0),
    "nobody signed": ("signed_off_by", ""),
    "time without offset": ("signed_off_at", "2021-07-15T16:30:00"),
    "no time": ("signed_off_at", "July"),
    "no hash": ("files", {"roster.csv": {"rows": 3, "sha256": "x"}}),
}


@pytest.mark.parametrize(("field", "value"), WRONG.values(), ids=WRONG)
def test_incomplete_manifest_is_refused(field: str, value: object) -> None:
    """The field that is wrong is named."""
    with pytest.raises(RosterError, match=f"is not a roster manifest.*{field}"):
        read_manifest(manifest(**{field: value}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"x" * 100_001], ids=["empty", "list", "cut", "bytes", "large"])
def test_no_json_is_no_manifest(data: bytes) -> None:
    """Anything else than a manifest is a RosterError."""
    with pytest.raises(RosterError, match=r"m\.json is"):
        read_manifest(File("m.json", data))


def test_same_name_twice_is_refused() -> None:
    """Three files have three names, or the manifest could not tell them apart."""
    with pytest.raises(RosterError, match="same name"):
        taken(files(teams=replace(sample(V3[1]), name=V3[0])))


@pytest.mark.parametrize("year", ["2021", "2021-23", "21-22", "2021/22", ""])
def test_school_year_has_one_form(year: str) -> None:
    """2021-22, and nothing like it."""
    with pytest.raises(RosterError, match="is not a school year"):
        take(files(), manifest=None, school_year=year, counties=COUNTIES)


def test_without_manifest_version_is_open() -> None:
    """Without a manifest the roster has no number and nobody has signed it yet."""
    intake = taken(files())
    assert (intake.manifest_version, intake.roster.version, intake.signed_by) == (None, 0, "")


def test_manifest_is_read_as_written() -> None:
    """The time keeps its form, and fields that we do not know are no matter."""
    read = read_manifest(manifest(signed_off_at="2021-07-15T23:30:00Z", remark="by phone"))
    assert (read.version, read.school_year, read.signed_at) == (3, "2021-22", "2021-07-15T23:30:00Z")
    assert sorted(read.files) == sorted(V3)


def test_all_wrong_fields_at_once() -> None:
    """A manifest with three faults names all three."""
    with pytest.raises(RosterError, match=r"(?s)kind: .*roster_version: .*status: "):
        read_manifest(manifest(kind="x", roster_version=0, status="draft"))
