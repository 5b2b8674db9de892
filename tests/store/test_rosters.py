"""Roster versions: draft, finalized, superseded."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import RosterError, RosterHeldError
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from tests.store.cast import NOON, draft, finalized, roster


def _states(store: Store) -> dict[int, str]:
    return {info.number: info.state for info in versions.listing(store)}


def test_draft_is_no_input(store: Store) -> None:
    """A draft can be read by its number, but the worker has nothing yet, and is told what to do."""
    number = draft(store)
    assert versions.read(store, number).people == roster().people
    with pytest.raises(RosterError, match="‹finalize-document roster›"):
        versions.newest_finalized(store)
    with pytest.raises(RosterError, match="no roster version 9"):
        versions.read(store, 9)


def test_one_version_by_its_number(store: Store) -> None:
    """One version by its number is the same as in the list of all; a number that does not exist is an error."""
    finalized(store)
    number = draft(store, files="b")
    assert versions.info(store, number) == versions.listing(store)[0]
    with pytest.raises(RosterError, match="no roster version 9"):
        versions.info(store, 9)


def test_finalized_comes_back_whole(store: Store) -> None:
    """People, teams and COPs come back as they were, with the number, the signature and the files."""
    number = finalized(store)
    signed = {"version": number, "signed_by": "Ana", "signed_at": NOON.isoformat(), "files": {"roster.csv": "a" * 64}}
    assert versions.newest_finalized(store) == replace(roster(), **signed)  # type: ignore[arg-type]


def test_newer_draft_replaces_the_older(store: Store) -> None:
    """There is one draft at a time; versions count on from the newest finalized one."""
    finalized(store)
    draft(store, files="b")
    assert draft(store, files="c") == 2
    assert _states(store) == {2: "draft", 1: "finalized"}


def test_finalizing_supersedes_its_year(store: Store) -> None:
    """A finalized version supersedes the one of its school year and leaves those of other years."""
    finalized(store, year="2020-21")
    finalized(store, files="b")
    finalized(store, files="c")
    assert _states(store) == {3: "finalized", 2: "superseded", 1: "finalized"}
    assert versions.newest_finalized(store).version == 3


def test_same_files_are_already_loaded(store: Store) -> None:
    """The files of the newest finalized version, again, are said to be loaded; nothing changes."""
    finalized(store)
    with pytest.raises(RosterError, match="already loaded: they are roster version 1, finalized by Ana"):
        draft(store)
    assert _states(store) == {1: "finalized"}


def test_manifest_says_the_number(store: Store) -> None:
    """A manifest's version is the number, and must be newer than the finalized one."""
    assert draft(store, manifest=3) == 3
    versions.finalize(store, signed_by="Ana", at=NOON)
    assert draft(store, files="b", manifest=4) == 4
    with pytest.raises(RosterError, match="--allow-older"):
        draft(store, files="b", manifest=3)
    assert _states(store) == {4: "draft", 3: "finalized"}


def test_older_version_needs_a_reason(store: Store) -> None:
    """An older version comes back where somebody says why; a number that is taken is not given again."""
    for manifest, files in ((3, "a"), (4, "b")):
        draft(store, files=files, manifest=manifest)
        versions.finalize(store, signed_by="Ana", at=NOON)
    with pytest.raises(RosterError, match="--reason"):
        draft(store, manifest=3, allow_older=True)
    assert draft(store, manifest=2, allow_older=True, reason="v4 was wrong") == 2
    assert draft(store, manifest=3, allow_older=True, reason="v4 was wrong") == 5
    versions.finalize(store, signed_by="Ana", at=NOON)
    assert _states(store) == {5: "finalized", 4: "superseded", 3: "superseded"}


def test_errors_keep_it_a_draft(store: Store) -> None:
    """A version with errors, or nobody in it, or that is not there, is not finalized; nobody can sign for it."""
    with pytest.raises(RosterError, match="no draft"):
        versions.finalize(store, signed_by="Ana", at=NOON)
    draft(store, errors=2)
    with pytest.raises(RosterError, match="has 2 errors"):
        versions.finalize(store, signed_by="Ana", at=NOON)
    draft(store, 0)
    with pytest.raises(RosterError, match="nobody in it"):
        versions.finalize(store, signed_by="Ana", second="Ben", reason="all gone", at=NOON)
    with pytest.raises(RosterError, match="--signed-by"):
        versions.finalize(store, signed_by=" ", at=NOON)


@pytest.mark.parametrize(("before", "missing", "held"), [(10, 1, False), (10, 2, True), (20, 2, False), (19, 2, True), (3, 0, False)])
def test_shrinking_by_a_tenth(before: int, missing: int, *, held: bool) -> None:
    """Ten percent pass, more is held."""
    assert versions.shrunk(before, missing) is held


@pytest.mark.parametrize(("second", "reason"), [(None, "meant"), ("Ana", "meant"), (" ana ", "meant"), ("Ben", " "), ("", "meant")])
def test_shrinking_needs_another_person(store: Store, second: str | None, reason: str) -> None:
    """Much fewer people need a second person, another than the first, and a reason."""
    finalized(store, 10)
    draft(store, 8, files="b")
    with pytest.raises(RosterHeldError, match="version 2 lacks 2 of the 10 people of version 1"):
        versions.finalize(store, signed_by="Ana", second=second, reason=reason, at=NOON)
    assert _states(store) == {2: "draft", 1: "finalized"}
    assert versions.finalize(store, signed_by="Ana", second="Ben", reason="two schools left", at=NOON) == 2


def test_signing_is_an_audit_event(store: Store) -> None:
    """The log keeps who signed what: counts and hashes of each file, as they were frozen."""
    finalized(store)
    signed = events(store)[-1]
    assert (signed.kind, signed.actor, signed.personal) == ("roster-finalized", "Ana", {"signed_by": "Ana"})
    assert signed.body.items() >= {"version": 1, "people": 3, "rows": [3], "sha256": ["a" * 64]}.items()


def test_listing_says_what_was_found(store: Store) -> None:
    """The list has findings, counts, files and who imported."""
    draft(store, errors=1, manifest=7)
    (info,) = versions.listing(store)
    assert (info.number, info.errors, info.warnings, info.entries, info.imported_by) == (7, 1, 1, 3, "ana")
    assert (info.findings[0]["text"], info.rows, info.manifest_version) == ("no e-mail", {"roster.csv": 3}, 7)


def test_shrinking_goes_by_its_own_year(store: Store) -> None:
    """A correction of one school year is compared with that year, whatever another one was signed for since: neither a smaller next year
    lets people go without a second person, nor a larger one keeps a sound correction from being signed.
    """
    finalized(store, 10)
    finalized(store, 9, files="b", year="2022-23")
    draft(store, 8, files="c")
    with pytest.raises(RosterHeldError, match="version 3 lacks 2 of the 10 people of version 1"):
        versions.finalize(store, signed_by="Ana", at=NOON)
    finalized(store, 20, files="d", year="2022-23")
    assert finalized(store, 9, files="e") == 4


def test_first_of_a_year_goes_by_the_last(store: Store) -> None:
    """The first roster of a school year is compared with the one signed last."""
    finalized(store, 10)
    draft(store, 8, files="b", year="2022-23")
    with pytest.raises(RosterHeldError, match="version 2 lacks 2 of the 10 people of version 1"):
        versions.finalize(store, signed_by="Ana", at=NOON)


def test_same_files_of_each_year(store: Store) -> None:
    """The files in force of a school year, again, are said to be loaded, also if another year was signed since."""
    finalized(store)
    finalized(store, files="b", year="2022-23")
    with pytest.raises(RosterError, match="already loaded: they are roster version 1"):
        draft(store)
    assert _states(store) == {2: "finalized", 1: "finalized"}
