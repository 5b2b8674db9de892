"""sync --repair, and approving the wrong plan, as the commands show it."""

from tests.cli.conftest import Cli
from tests.cli.test_runs import NB, sign
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


def test_repair_wants_where_and_why(connected: Cli) -> None:
    """Without --only, or without a reason, nothing is put back: exit 64, and the sentence says what is missing."""
    sign(connected)
    said = [connected("sync", "--repair", "--reason", "x"), connected("sync", *NB, "--repair"), connected("resync", *NB, "--repair")]
    assert [one.code for one in said] == [64, 64, 64]
    assert ["--only" in said[0].err, "--reason" in said[1].err, "--reason" in said[2].err] == [True, True, True]


def test_drift_names_its_repair(connected: Cli, canvas: Sandbox) -> None:
    """What was changed by hand is listed with the command that puts it back, and that command does."""
    sign(connected)
    digest = connected("plan", *NB, "--json").json["digest"]
    assert connected("sync", "--approve", digest, "--reason", "seen", *NB).code == 0
    course = next(row for row in canvas.state()["courses"] if row["sis_course_id"] == "ilc:2021-22:cop:NB")
    Person(canvas.url).ask("PUT", f"courses/{course['id']}", {"course[name]": "Ours"})
    plan = connected("plan", *NB)
    assert 'ilc-canvas sync --only cop:NB --repair --reason "..."' in plan.out
    assert connected("sync", *NB, "--repair", "--reason", "as agreed").code == 0
    again = connected("plan", *NB, "--json").json
    assert (again["drift"], again["status"]) == (0, "converged")
    assert next(row["name"] for row in canvas.state()["courses"] if row["id"] == course["id"]) == course["name"]


def test_yes_to_another_plan_is_refused(connected: Cli) -> None:
    """Only the plan of an undo approves it: an approval of another plan is not kept for a later run."""
    sign(connected)
    digest = connected("plan", *NB, "--json").json["digest"]
    said = connected("undo", "99", "--approve", digest, "--reason", "x")
    assert (said.code, "is for a sync. Nothing was changed." in said.err) == (1, True)
    assert connected("sync", *NB).code == 3
