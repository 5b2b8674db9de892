"""A person's new id: somebody decides, and it is carried out when a roster with it is finalized."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas.program.basis import of_roster
from ilc_canvas.program.people.new_ids import Rekeys
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.change import Create, Outcome
from ilc_canvas.reconcile.errors import LeaseError, RosterError, RosterHeldError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.store.runs.journal import SqlJournal
from tests.store.cast import BASE, NOON, ROSA, Clock, Desk, finalized, person, roster

OLD, NEW = ROSA.key, Key(Kind.USER, "ilc:p:ilc-0001")
SAME = Rekeys({"ILC-0001": "ilc-0001"})
APART = Rekeys(different=frozenset({frozenset({"ILC-0001", "ilc-0001"})}))


def user(person_id: str) -> Key:
    """The key of an account."""
    return Key(Kind.USER, f"ilc:p:{person_id}")


def decide(store: Store, old: Key = OLD, new: Key = NEW, *, decision: rekey_decisions.Decision = "same") -> None:
    """Ana decides about two ids."""
    rekey_decisions.decide(store, old, new, decision=decision, actor="ana", reason="new database", at=NOON)


def take_back(store: Store, old: Key = OLD, new: Key = NEW) -> None:
    """Ana takes it back."""
    rekey_decisions.take_back(store, old, new, actor="ana", reason="mistake", at=NOON)


def renamed(new: str = "ilc-0001", people: int = 3, **other: Any) -> Roster:
    """A roster in which ILC-0001 is `new`."""
    first, *others = roster(people).people
    return replace(roster(people), people=(replace(first, person_id=new, **other), *others))


def drafted(store: Store, of: Roster) -> int:
    """A draft of this roster, from files that were never seen."""
    given: dict[str, Any] = {"rows": {}, "hashes": {}, "findings": [], "imported_by": "ana", "manifest_version": None, "at": NOON}
    return versions.add_draft(store, of, **given)


def sign(store: Store, of: Roster, **more: Any) -> int:
    """Drafted and signed."""
    drafted(store, of)
    return versions.finalize(store, signed_by="Ana", at=NOON, **more)


def kinds(store: Store) -> list[str]:
    """What the audit log has, by kind."""
    return [event.kind for event in events(store)]


def test_signing_asks_who_it_is(store: Store) -> None:
    """Whoever joins with the address of somebody who leaves keeps the version a draft; the sentence names both, and both commands."""
    finalized(store, 30)
    drafted(store, renamed("X-9", 30))
    with pytest.raises(
        RosterError, match=r"X-9 joins with the address of ILC-0001, who leaves.*‹note-new-id OLD NEW›.*--not-the-same"
    ) as refused:
        versions.finalize(store, signed_by="Ana", second="Ben", reason="meant", at=NOON)
    assert not isinstance(refused.value, RosterHeldError)
    assert versions.newest_finalized(store).version == 1


def test_nearly_the_same_id_is_asked_about(store: Store) -> None:
    """So does an id that differs only by case, zeros or dashes, with another address."""
    finalized(store, 30)
    drafted(store, renamed("ilc1", 30, email="other@example.org"))
    with pytest.raises(RosterError, match="ilc1 joins with nearly the id of ILC-0001"):
        versions.finalize(store, signed_by="Ana", at=NOON)


def test_same_name_alone_can_be_signed(store: Store) -> None:
    """A name is shared by many people: it is no reason to refuse."""
    first = replace(person(1), display_name="Rosa Núñez")
    sign(store, replace(roster(30), people=(first, *roster(30).people[1:])))
    assert sign(store, renamed("X-9", 30, display_name="Rosa Nunez", email="other@example.org")) == 2


def test_many_pairs_are_cut(store: Store) -> None:
    """Five pairs are named, the others are counted."""
    finalized(store, 30)
    people = (replace(each, person_id=each.person_id.lower()) for each in roster(30).people)
    with pytest.raises(RosterError, match=r"(joins with .*){5} And 25 more\."):
        sign(store, replace(roster(30), people=tuple(people)))


def test_decision_lets_it_be_signed(store: Store) -> None:
    """Once somebody has decided, either way, the version can be signed; the log has who, why and both keys."""
    finalized(store, 30)
    for decision in ("same", "different"):
        decide(store, decision=decision)
        if decision == "same":
            assert rekey.known(store) == SAME
            take_back(store)
    assert rekey.known(store) == APART
    assert sign(store, renamed("ilc-0001", 30)) == 2
    assert kinds(store)[2:5] == ["person-rekeyed", "person-asked-again", "person-told-apart"]
    noted = events(store)[2]
    assert (noted.actor, noted.key, noted.reason) == ("ana", OLD, "new database")
    assert {**noted.body, "commitment": ""} == {"old": str(OLD), "new": str(NEW), "commitment": ""}


def test_signing_carries_it_out_once(store: Store) -> None:
    """The signature says the new ids; the decision is then done with, and cannot be taken back."""
    finalized(store, 30)
    decide(store)
    sign(store, renamed("ilc-0001", 30))
    signed = events(store)[-1]
    assert (signed.kind, signed.body["new_ids"]) == ("roster-finalized", {"ILC-0001": "ilc-0001"})
    assert (rekey.known(store), rekey.links(store)) == (Rekeys(), [("ILC-0001", "ilc-0001")])
    with pytest.raises(RosterError, match=r"has been ilc-0001 since 2 Aug 2021.*‹note-new-id ilc-0001 ILC-0001›"):
        take_back(store)


def test_decision_waits_for_its_roster(store: Store) -> None:
    """A version that still has the old id changes nothing; one that has both is refused."""
    finalized(store, 30)
    decide(store)
    sign(store, roster(31))
    assert rekey.known(store) == SAME
    with pytest.raises(RosterError, match="ilc-0001 is the new id of ILC-0001, who is there too"):
        sign(store, replace(roster(31), people=(*roster(31).people, replace(person(1), person_id="ilc-0001", email="b@example.org"))))


def test_id_that_comes_back_is_asked_about(store: Store) -> None:
    """An older version with the former id makes the same question the other way round, and can be answered."""
    finalized(store, 30)
    decide(store)
    sign(store, renamed("ilc-0001", 30))
    with pytest.raises(RosterError, match="ILC-0001 joins with the address of ilc-0001"):
        sign(store, roster(30))
    for old, new in ((NEW, OLD), (OLD, NEW)):
        decide(store, old, new)
        sign(store, renamed(new.id.removeprefix("ilc:p:"), 30))
    assert kinds(store).count("person-rekeyed") == 3


REFUSED = [
    ("ILC-0009", "X-1", "ILC-0009 is not in roster version 1, the newest finalized one"),
    ("ilc-0001", "X-1", "ilc-0001 is not in roster version 1"),
    ("ILC-0001", "ILC-0001", "is given twice"),
    ("ILC-0001", "ILC-0002", "ILC-0002 is in roster version 1 already"),
]


@pytest.mark.parametrize("decision", ["same", "different"])
@pytest.mark.parametrize(("old", "new", "said"), REFUSED)
def test_senseless_decision_is_refused(store: Store, old: str, new: str, said: str, decision: rekey_decisions.Decision) -> None:
    """The old id is in the newest roster and the new one is not: else one sentence says what is wrong, and nothing is noted."""
    finalized(store)
    with pytest.raises(RosterError, match=f"{said}.*Nothing was changed"):
        decide(store, user(old), user(new), decision=decision)
    assert rekey.known(store) == Rekeys()


def test_nothing_finalized_nothing_decided(store: Store) -> None:
    """Before the first roster is signed there is nobody to decide about."""
    with pytest.raises(RosterError, match="No roster is finalized yet"):
        decide(store)


def test_contradicting_decision_is_refused(store: Store) -> None:
    """What was decided otherwise before stays, and the sentence says how to take it back; the same again is fine."""
    finalized(store)
    decide(store)
    decide(store)
    for old, new, decision in ((OLD, NEW, "different"), (OLD, user("X-1"), "same"), (user("ILC-0002"), NEW, "same")):
        with pytest.raises(RosterError, match=r"ana has decided.*‹take-back-id ILC-0001 ilc-0001›"):
            decide(store, old, new, decision=decision)  # type: ignore[arg-type]
    take_back(store)
    decide(store, decision="different")
    with pytest.raises(RosterError, match=r"ILC-0001 and ilc-0001 are two people.*‹take-back-id"):
        decide(store)
    assert rekey.known(store) == APART


def test_nothing_to_take_back(store: Store) -> None:
    """A pair that nobody decided on is named."""
    finalized(store)
    with pytest.raises(RosterError, match=r"Nothing was decided about ILC-0001 and ilc-0001. Nothing was changed"):
        take_back(store)


def test_new_id_is_not_missing(store: Store) -> None:
    """Three of ten people under new ids shrink nothing; three others in their stead do, although as many rows came in."""
    finalized(store, 10)
    strangers = tuple(replace(person(each), email=f"new{each}@example.org", person_id=f"N-{each}") for each in (1, 2, 3))
    with pytest.raises(RosterHeldError, match="lacks 3 of the 10 people of version 1: more than 10 %"):
        sign(store, replace(roster(10), people=(*strangers, *roster(10).people[3:])))
    lower = tuple(replace(each, person_id=each.person_id.lower()) for each in roster(10).people[:3])
    for each in lower:
        decide(store, user(each.person_id.upper()), user(each.person_id))
    assert sign(store, replace(roster(10), people=(*lower, *roster(10).people[3:]))) == 2


def test_no_new_id_while_a_run_works(store: Store) -> None:
    """A run that is under way knows the person by the old id: signing waits for its end, if there is a new id to be carried out."""
    finalized(store, 30)
    decide(store)
    with take_lease(store, "worker-1", renewal=None, now=Clock()):
        sign(store, roster(31))
        drafted(store, renamed("ilc-0001", 30))
        with pytest.raises(LeaseError, match=r"worker-1.*Nothing was changed"):
            versions.finalize(store, signed_by="Ana", at=NOON)
    assert (versions.newest_finalized(store).version, rekey.known(store)) == (2, SAME)
    assert versions.finalize(store, signed_by="Ana", at=NOON) == 3
    with take_lease(store, "worker-1", renewal=None, now=Clock()):
        pass


def test_no_new_id_before_a_cut_run_is_settled(store: Store) -> None:
    """A change without an outcome is settled under the old id first; one of somebody else, or of another year, does not matter."""
    finalized(store)
    with take_lease(store, "worker-1", renewal=None, now=Clock()) as lease:
        desk = Desk(store, lease, Clock())
        run = desk.run(Create(ROSA))
        desk.journal.intended(run, Create(replace(ROSA, key=user("ILC-00010"))), NOON)
        intent = desk.journal.intended(run, Create(ROSA), NOON)
        last_year = SqlJournal(store, lease=lease, scope="ilc:2020-21", base_url=BASE, now=Clock())
        last_year.intended(last_year.begin(RunRequest("ana", "sync"), of_roster(1)), Create(ROSA), NOON)
    decide(store)
    with pytest.raises(RosterError, match=rf"Run {run} was cut off and left changes of ILC-0001.*‹sync›.*finalize again"):
        sign(store, renamed())
    with take_lease(store, "worker-1", renewal=None, now=Clock()) as lease:
        Desk(store, lease, Clock()).journal.happened(intent, Outcome("not_applied"))
    assert versions.finalize(store, signed_by="Ana", at=NOON) == 2
