"""Signing is bound to what was shown, and to people."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_runs import NB
from tests.e2e.office import SAMPLE, importing, read_rows, write_rows

SIGN = ("roster", "finalize", "--signed-by", "R. Alvarez")


class Desk:
    """The commands, as one person or another types them."""

    def __init__(self, cli: Cli, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.cli, self._set, self._folder = cli, monkeypatch.setenv, folder

    def be(self, name: str) -> None:
        """Who types from now on."""
        self._set("LOGNAME", name)

    def load(self, people: int = 0) -> str:
        """Import the sample, without so many people; the digest of the draft's files."""
        path = SAMPLE / "roster_2021-22_final.csv"
        if people:
            path = self._folder / "fewer.csv"
            plain = [row for row in read_rows() if row["team_role"] != "lead" and not row["cop_facilitator"]]
            write_rows(path, [row for row in read_rows() if row not in plain[:people]])
        said = self.cli(*importing(path), "--json")
        assert said.code == 0, said
        digest: str = said.json["files_digest"]
        return digest

    def event(self, kind: str) -> Any:
        """The only event of this kind."""
        (found,) = [each for each in self.cli("audit", "list", "--json").json if each["kind"] == kind]
        return found


@pytest.fixture
def desk(connected: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """ana is there first."""
    desk = Desk(connected, monkeypatch, tmp_path)
    desk.be("ana")
    return desk


def test_replaced_draft_is_not_signed(desk: Desk) -> None:
    """A draft that somebody replaced after it was shown is refused by its digest, and the sentence names the one that is there."""
    seen = desk.load()
    desk.be("ben")
    there = desk.load(people=1)
    desk.be("ana")
    for words in (("1", "--files", seen), ("--files", seen), ()):
        refused = desk.cli(*SIGN, *words)
        assert (refused.code, refused.out) == (1, "")
        assert f"files {there}, imported by ben. Nothing was changed." in refused.err
        assert f"ilc-canvas roster finalize 1 --files {there} --signed-by NAME" in refused.err
    assert desk.cli(*SIGN, "1", "--files", there).code == 0


def test_first_draft_needs_no_digest(desk: Desk) -> None:
    """A draft that has replaced none can be signed by anybody without naming it; one's own second draft too."""
    desk.load()
    desk.be("ben")
    assert desk.cli(*SIGN).code == 0
    desk.load(people=1)
    desk.load(people=2)
    assert desk.cli(*SIGN).code == 0


def test_same_files_again_replace_nothing(desk: Desk) -> None:
    """The same files, imported by somebody else, are what was looked at."""
    seen = desk.load()
    desk.be("ben")
    assert desk.load() == seen
    desk.be("ana")
    assert desk.cli(*SIGN).code == 0


def test_other_version_is_refused(desk: Desk) -> None:
    """A version that is not the draft's is refused, with or without its digest."""
    seen = desk.load()
    for words in (("2",), ("2", "--files", seen)):
        refused = desk.cli(*SIGN, *words)
        assert (refused.code, "There is no draft of version 2. The draft is version 1" in refused.err) == (1, True)


def test_digest_as_typed_by_hand(desk: Desk) -> None:
    """Capital letters, spaces and missing dashes make no other digest."""
    seen = desk.load()
    assert desk.cli(*SIGN, "1", "--files", f" {seen.upper().replace('-', '')} ").code == 0


def test_show_names_the_draft(desk: Desk) -> None:
    """A draft is shown with its files, their digest, who imported it, and the command that signs just that."""
    seen = desk.load()
    said = desk.cli("roster", "show", "1").out
    assert f"together: {seen}" in said
    assert f"Imported by ana. To sign exactly these files: ilc-canvas roster finalize 1 --files {seen} --signed-by NAME" in said


def test_signing_tells_what_was_signed(desk: Desk) -> None:
    """The hashes are on the screen and in the log, whose actor is whoever ran the command; both signers are shown as well."""
    seen = desk.load()
    said = desk.cli(*SIGN, "1", "--files", seen, "--second", "T. Okafor")
    files = desk.cli("roster", "show", "1", "--json").json["files"]
    event = desk.event("roster-finalized")
    assert all(sha in said.out for sha in (*files.values(), seen))
    assert (event["actor"], event["body"]["files_digest"]) == ("ana", seen)
    assert sorted(event["body"]["sha256"]) == sorted(files.values())
    assert event["signed_by"] == ["R. Alvarez", "T. Okafor"]
    assert "ana        version 1, signed by R. Alvarez and T. Okafor\n" in desk.cli("audit", "list").out
    assert "signed by R. Alvarez" in said.out
    assert "Second signer: T. Okafor" in said.out


@pytest.mark.parametrize("second", ["ana", " ANA ", "r.  alvarez"])
def test_second_signer_is_somebody_else(desk: Desk, monkeypatch: pytest.MonkeyPatch, second: str) -> None:
    """With four eyes the second signer has neither imported nor signed, however the name is typed."""
    monkeypatch.setenv("ILC_CANVAS_GUARD", '{"four_eyes": true}')
    desk.load()
    refused = desk.cli("roster", "finalize", "--signed-by", "R. Alvarez", "--second", second, "--reason", "cut")
    assert (refused.code, "the second signer is somebody else" in refused.err) == (1, True)
    assert desk.cli(*SIGN, "--second", "T. Okafor", "--reason", "cut").code == 0


@pytest.mark.parametrize("name", ["ana", "Ana", "ben", "r. alvarez"])
def test_approver_is_somebody_else(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With four eyes who imported, signed or ran the signing does not approve: no way leads around it, and nothing is written."""
    monkeypatch.setenv("ILC_CANVAS_GUARD", '{"four_eyes": true}')
    desk.load()
    desk.be("ben")
    assert desk.cli(*SIGN).code == 0
    digest = desk.cli("plan", "--json", *NB).json["digest"]
    desk.be(name)
    for words in (("approve", digest, *NB), ("sync", "--approve", digest, *NB)):
        refused = desk.cli(*words, "--reason", "seen")
        assert (refused.code, "somebody else approves its plans" in refused.err) == (1, True)
    desk.be("cy")
    assert desk.cli("approve", digest, "--reason", "seen").code == 0


def test_two_eyes_by_default(desk: Desk) -> None:
    """An office of one person imports, signs and approves; that the setting is off is in the log."""
    desk.load()
    assert desk.cli(*SIGN).code == 0
    digest = desk.cli("plan", "--json", *NB).json["digest"]
    assert desk.cli("approve", digest, "--reason", "seen").code == 0
    assert desk.event("settings")["body"]["changed"]["guard.four_eyes"] == {"old": None, "new": False}


def test_scope_is_shown(desk: Desk) -> None:
    """What was approved of a plan, by whom and why, is shown with the run; the log has the words."""
    desk.load()
    desk.cli(*SIGN)
    plan = desk.cli("plan", "--json").json
    assert desk.cli("approve", plan["digest"], "--except", "cop:SEL", "--reason", "not yet").code == 0
    said = desk.cli("show", str(plan["run"])).out
    assert "Approved by ana on" in said
    assert "all but cop:SEL. Reason: not yet" in said
    (shown,) = desk.cli("show", str(plan["run"]), "--json").json["approvals"]
    assert (shown["decision"], shown["except"], shown["only"], shown["reason"]) == ("approved", ["cop:SEL"], [], "not yet")
    assert desk.event("approved")["body"]["except"] == ["cop:SEL"]


@pytest.mark.parametrize(
    "words", [("--except", "cop:SLE"), ("--only", "cop:SEL", "--only", "person:M.Lopez"), ("--except", "person:ilc-9999")]
)
def test_scope_that_means_nothing(desk: Desk, words: tuple[str, ...]) -> None:
    """A word that matches no change is refused, so that a typo approves nothing, and no approval is stored."""
    desk.load()
    desk.cli(*SIGN)
    digest = desk.cli("plan", "--json").json["digest"]
    refused = desk.cli("approve", digest, *words, "--reason", "seen")
    assert (refused.code, f"{words[-2]} {words[-1]} does not match any change" in refused.err) == (1, True)
    assert "approved" not in {each["kind"] for each in desk.cli("audit", "list", "--json").json}
