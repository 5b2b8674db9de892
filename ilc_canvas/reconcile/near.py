"""All that a comparison of one person needs, as long as nothing has to be ended or decided."""

from ilc_canvas.reconcile.change import Create, Plan
from ilc_canvas.reconcile.state import Key, Ledger, Record, State, course_of, person_of, section_of


def desired_near(user: Key, desired: State) -> State:
    """The person's account and places, what these stand in, and what holds for everybody: account, term, roles."""
    mine = [record for record in desired if person_of(record.key) == user]
    around = {parent for record in mine for parent in record.parents}
    near = (record for record in desired if person_of(record.key) == user or record.key in around or _is_everybodys(record.key))
    return State.of(near, desired.at)


def ledger_near(user: Key, ledger: Ledger, desired: State) -> Ledger:
    """The same of the ledger: what the person has or had, and what is `desired` near the person. Nothing else, so that no course or
    section seems to be wanted no more.
    """
    return {key: owned for key, owned in ledger.items() if person_of(key) == user or key in desired.records or _is_everybodys(key)}


def is_leaving(user: Key, desired: State, ledger: Ledger) -> bool:
    """Whether the person has something by us that is asked for no more: what ends is judged by all that is there."""
    return any(person_of(key) == user and owned.stands and key not in desired.records for key, owned in ledger.items())


def sections_near(ledger: Ledger) -> dict[Key, Record]:
    """Sections that are ours, as we left them, in the course in which they were made."""
    found = {key: owned for key, owned in ledger.items() if section_of(key) == key}
    return {key: Record(key, owned.fields, (course_of(key) or key,), owned.handle) for key, owned in found.items()}


def is_simple(plan: Plan) -> bool:
    """Whether nothing in this plan has to be judged by what others have: the person is new in some sections, or nothing differs at all."""
    new = all(isinstance(change, Create) and change.before is None and change.key.rule.is_placement for change in plan.changes)
    return new and not any((plan.deferred, plan.drift, plan.not_ours, plan.settled, plan.over, plan.by_hand, plan.returning, plan.renamed))


def _is_everybodys(key: Key) -> bool:
    return key.rule.person is None and key.rule.course is None
