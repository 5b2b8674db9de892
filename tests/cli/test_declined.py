"""declined: who declined what, and taking it back, as the commands show it."""

from tests.cli.conftest import Cli
from tests.cli.test_runs import sign

COLUMNS = {"key", "verb", "why", "at", "actor", "reason", "run", "digest"}


def test_declined_is_told_everywhere(connected: Cli) -> None:
    """A plan is declined: plan, show, status and explain say so with the reason; forgotten, it is planned again."""
    sign(connected)
    digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
    assert connected("reject", digest).code == 64
    said = connected("reject", digest, "--reason", "not before September")
    assert (said.code, "stay undone until the roster changes or somebody approves. See: ilc-canvas declined" in said.out) == (0, True)
    plan = connected("plan", "--only", "cop:NB")
    assert plan.code == 0
    assert '("not before September")' in plan.out
    assert "Canvas agrees" not in plan.out
    assert "declined by" in connected("status").out
    assert '("not before September")' in connected("show", "2").out
    rows = connected("declined", "--json").json
    assert ({*rows[0]}, {row["why"] for row in rows}, connected("status", "--json").json["declined"]) == (COLUMNS, {"declined"}, len(rows))
    assert "declined forget KEY" in connected("declined").out
    assert [
        connected("declined", "forget", *words).code for words in (["cop:NB"], ["--reason", "x"], ["--all", "hub", "--reason", "x"])
    ] == [64] * 3
    assert connected("declined", "forget", "cop:XX", "--reason", "now").code == 1
    assert connected("declined", "forget", "cop:NB", "--reason", "now").code == 0
    left = connected("declined", "--json").json
    assert 0 < len(left) < len(rows)
    assert not [row for row in left if ":cop:NB" in row["key"]]
    assert connected("declined", "forget", "--all", "--reason", "now").code == 0
    assert connected("declined", "--json").json == []


def test_approval_says_what_it_declines(connected: Cli) -> None:
    """Yes to one COP of a plan for two: the other is declined, and the screen says how many changes that is."""
    sign(connected)
    plan = connected("plan", "--only", "cop:NB", "--only", "cop:ES", "--json").json
    said = connected("approve", plan["digest"], "--only", "cop:NB", "--reason", "this one", "--json").json
    assert 0 < said["declined"] == said["of"] - said["approved"]
    again = connected("approve", plan["digest"])
    assert (again.code, "To approve it all the same, say why: --reason TEXT" in again.err) == (1, True)
