"""What a reading does where the token may not see everything."""

from ilc_canvas.canvas.kinds.role import roles_in_use
from ilc_canvas.reconcile.change import Remove
from ilc_canvas.reconcile.kinds import Kind
from tests.canvas.cast import EQ, ILC, LEAD, SMALL, client, there, write
from tests.sandbox.process import start_sandbox


def test_unlisted_roles_do_not_stop_reading() -> None:
    """Without the right to list roles everything else is still read."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z", "--deny", "manage_role_overrides") as denied:
        canvas = client(denied)
        write(canvas, [record for record in SMALL if LEAD.id not in str(record.key)])
        state = canvas.observe({})
    assert state.of_kind(Kind.ROLE) == []
    assert len(state.of_kind(Kind.ENROLLMENT)) == 1


def test_unlisted_roles_are_known_by_use() -> None:
    """Roles that enrollments have are known by them, built-in ones left out."""
    assert [(role.key, role.fields["base"]) for role in roles_in_use(ILC, SMALL)] == [(LEAD, "TaEnrollment")]


def test_observed_course_is_concluded() -> None:
    """A course is concluded by what was observed of it alone, and a look then says so."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as sandbox:
        write(client(sandbox), SMALL)
        canvas = client(sandbox)
        removal = Remove(canvas.observe({}).records[EQ])
        assert canvas.apply(removal).result == "applied"
        assert canvas.look(removal).result == "applied"
        assert there(sandbox, removal.before)[0]["workflow_state"] == "completed"
