"""A change of several calls of which a later one is refused."""

import json

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Change, Create, Outcome
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import Kind
from tests.canvas.cast import ACCOUNT, ADA, HOST, address, changed, client, course, numbered, person, upto, write
from tests.canvas.finding import second_address
from tests.canvas.recorded import Reply, Tape, playing, quick, recording
from tests.sandbox.person import Person
from tests.sandbox.process import TOKEN, Sandbox

REFUSED = json.dumps({"errors": [{"message": "no"}]}).encode()
JSON = {"Content-Type": "application/json"}


def tape_of(sandbox: Sandbox, change: Change) -> Tape:
    """The answers to this change."""
    tape = Tape()
    with recording(tape):
        canvas = quick(sandbox.url, sandbox.token)
        canvas.tenant()
        assert canvas.apply(change).result == "applied"
    return tape


def applied(tape: Tape, change: Change) -> Outcome:
    """What the client makes of these answers."""
    with playing(tape):
        canvas: CanvasClient = quick(HOST, TOKEN)
        canvas.tenant()
        return canvas.apply(change)


def last_write(tape: Tape) -> tuple[str, int]:
    return [place for place in tape.places if not place[0].startswith("GET ")][-1]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_second_step_refused_is_in_doubt(sandbox: Sandbox, hand: Person, status: int) -> None:
    """An unconfirmed address was removed and the confirmed one is refused: that is looked at, and never booked as refused."""
    write(client(sandbox), [person(1)])
    number = sandbox.state()["users"][-1]["id"]
    second_address(hand, number, "new@example.org", confirmed=False)
    change = Create(address("next", "new@example.org", number))
    tape = tape_of(sandbox, change)
    outcome = applied(tape.with_reply(last_write(tape), Reply(status, JSON, REFUSED)), change)
    assert (outcome.result, "was carried out: the change is half done" in outcome.reason) == ("in_doubt", True)
    assert f"DELETE users/{number}/communication_channels/" in outcome.reason
    assert ADA.id not in outcome.reason


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_new_account_without_zone_is_made(sandbox: Sandbox, status: int) -> None:
    """The sub-account is made and its time zone refused: it counts as made, with the zone that it has."""
    change = Create(ACCOUNT)
    tape = tape_of(sandbox, change)
    outcome = applied(tape.with_reply(last_write(tape), Reply(status, JSON, REFUSED)), change)
    assert (outcome.result, dict(outcome.after or {})["name"]) == ("applied", ACCOUNT.fields["name"])


@pytest.mark.parametrize("status", [400, 403, 404])
def test_only_step_refused_is_refused(sandbox: Sandbox, status: int) -> None:
    """Where nothing was carried out before, a no is a no."""
    change = Create(person(1))
    tape = tape_of(sandbox, change)
    refused = tape.with_reply(last_write(tape), Reply(status, JSON, REFUSED))
    if status == 403:
        with pytest.raises(MissingRightError, match="may not make people"):
            applied(refused, change)
    else:
        assert applied(refused, change).result == "refused"


def test_half_of_the_fields_is_not_refused(sandbox: Sandbox) -> None:
    """Canvas saved one of two fields and answered with an error: what is there is as before or as wanted, so it is to be done again."""
    canvas, hand = client(sandbox), Person(sandbox.url)
    write(canvas, [*upto(Kind.COURSE), course()])
    change = numbered(sandbox, changed(course(), name="Another", code="AN"))
    for name, result in (("Another", "not_applied"), ("By hand", "refused")):
        hand.ask("PUT", f"courses/{change.before.handle}", {"course[name]": name})
        assert canvas.look(change).result == result
