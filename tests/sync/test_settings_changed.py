"""Settings that decide about rights and identity: what comes from a change of theirs is shown as such, and waits for a yes."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas import bootstrap
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.settings import read_settings
from tests.sandbox.process import TOKEN
from tests.sync.roster import FIRST, YEAR
from tests.sync.test_other_years import edited
from tests.sync.test_two_years import NEXT, of_next
from tests.sync.world import World, opened

LEAD_IS_STUDENT: Any = {"lead": {"base": "StudentEnrollment", "label": ""}}
LEAD_SEES_ALL: Any = {"lead": {"base": "TaEnrollment", "label": "ILC Team Lead", "limited": False}}


def run(world: World, year: str = YEAR, ask: RunRequest | None = None, **settings: Any) -> Report:
    """A run as the command makes it, by these settings."""
    given = {"url": world.sandbox.url, "token": TOKEN, "store": world.store, "settle_seconds": 0, "reread_seconds": 0}
    with opened(world.store) as store:
        return bootstrap.run(read_settings(**given, **settings), store, ask or RunRequest("ana", "sync"), school_year=year)


def plan(world: World, **settings: Any) -> Report:
    """The same, without writing."""
    return run(world, ask=RunRequest("ana", "plan", dry_run=True), **settings)


def codes(report: Report) -> list[str]:
    """Why it is held."""
    return [reason.code for reason in report.reasons]


@pytest.fixture
def known(filled: World) -> World:
    """A world that was filled and is at rest, by the settings as they are delivered."""
    assert run(filled).status == "converged"
    return filled


def test_roles_that_change_wait(known: World) -> None:
    """Leads become students by a setting: held, said with what it was, as often as anybody looks, until somebody says yes."""
    text = "Settings changed since the last run: role of lead is now StudentEnrollment (was TaEnrollment); label of lead is now none"
    for report in (plan(known, roles=LEAD_IS_STUDENT), plan(known, roles=LEAD_IS_STUDENT), run(known, roles=LEAD_IS_STUDENT)):
        reason = next(each for each in report.reasons if each.code == "settings-changed")
        assert (report.status, report.writes, reason.text.startswith(text), reason.count) == ("held", 0, True, len(reason.keys))
    known.approve(report.digest)
    assert run(known, roles=LEAD_IS_STUDENT).status == "applied"
    assert [run(known, roles=LEAD_IS_STUDENT).status, plan(known, roles=LEAD_IS_STUDENT).warnings] == ["converged", ()]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"roles": LEAD_SEES_ALL}, "limit of lead to the own section is now off (was on)"),
        ({"time_zone": "America/New_York"}, "the time zone is now America/New_York (was America/Los_Angeles)"),
        ({"course_dates": True}, "the setting for dates of courses is now on (was off)"),
        ({"account_name": "ILC 2"}, "the name of our sub-account is now ILC 2 (was ILC)"),
        ({"prefix": "ilc2"}, "the prefix of our SIS ids is now ilc2 (was ilc)"),
    ],
)
def test_every_such_setting(known: World, settings: dict[str, Any], text: str) -> None:
    """Rights, dates, names, the scope itself: each is told in words, with what it was, and nothing is written."""
    report = run(known, **settings)
    assert (report.status, report.writes) == ("held", 0)
    assert text in next(reason.text for reason in report.reasons if reason.code == "settings-changed")


def test_what_leaving_means_waits_with_who_leaves(known: World) -> None:
    """Another ending is no other plan, but another thing to happen to whoever leaves."""
    known.finalize(edited(FIRST, "P4", participates=()))
    report = run(known, ending="conclude")
    assert (report.status, codes(report)) == ("held", ["settings-changed"])
    assert "what leaving means is now conclude (was deactivate). 1 change comes from that." in report.reasons[0].text


def test_change_without_effect_is_shown(known: World) -> None:
    """Nobody leaves: the plan goes ahead, says what has changed, and says it once."""
    known.finalize(edited(FIRST, "P4", participates=("AI", "EQ")))
    report = run(known, ending="conclude")
    assert report.status == "applied"
    assert report.warnings == (
        "Settings changed since the last run: what leaving means is now conclude (was deactivate). Nothing in this plan comes from that.",
    )
    assert run(known, ending="conclude").warnings == ()


def test_settings_put_back_in_time(known: World) -> None:
    """What was changed and changed back before anything was done is no change."""
    assert plan(known, roles=LEAD_IS_STUDENT).status == "held"
    report = run(known)
    assert (report.status, report.warnings) == ("converged", ())


def test_type_of_a_role_cannot_change(known: World) -> None:
    """Under the same label Canvas keeps the type that a role was made with: said in one sentence, and nothing is tried."""
    with pytest.raises(SettingsError, match='"ILC Team Lead" has the type TaEnrollment in Canvas, which cannot be changed'):
        run(known, roles={"lead": {"base": "StudentEnrollment", "label": "ILC Team Lead"}})


def test_a_part_is_no_yes_for_the_whole(known: World) -> None:
    """Somebody permits it for one COP: all others wait on."""
    ask = RunRequest("ana", "sync", only=("person:P5",))
    held = run(known, ask=ask, roles=LEAD_SEES_ALL)
    known.approve(held.digest)
    assert [held.status, run(known, ask=ask, roles=LEAD_SEES_ALL).status] == ["held", "applied"]
    report = run(known, roles=LEAD_SEES_ALL)
    assert (report.status, codes(report)) == ("held", ["settings-changed"])


def test_former_yes_does_not_cover_them(known: World) -> None:
    """A plan that was permitted before the settings changed lets its own changes go; those of the settings wait on, run after run."""
    known.finalize(replace(FIRST, people=FIRST.people[:4]))
    held = run(known)
    known.approve(held.digest)
    for _ in range(2):
        report = run(known, roles=LEAD_SEES_ALL)
        assert "settings-changed" in codes(report)
    assert report.status == "held"


def test_first_run_has_nothing_to_compare(world: World) -> None:
    """A store whose runs have not been carried out yet has no former settings."""
    assert "settings-changed" not in codes(plan(world, roles=LEAD_SEES_ALL))
    assert "settings-changed" not in codes(plan(world, roles=LEAD_IS_STUDENT))


def test_new_year_compares_with_the_other(known: World) -> None:
    """The first run of a school year goes by other settings than all before it: that is said, too."""
    known.finalize(of_next())
    assert "settings-changed" in codes(run(known, NEXT, roles=LEAD_SEES_ALL))
    assert "settings-changed" not in codes(run(known, NEXT))
