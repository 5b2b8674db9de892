"""Changes a person's address step by step: add the new one, make it the first, and only then remove the former one."""

from collections.abc import Collection, Iterator, Mapping

from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.kinds import FORMER, MAIN, NEXT
from ilc_canvas.reconcile.state import Key, Record, channel_key, person_of


def address_steps(desired: Record, observed: Record, known: Collection[Key], *, retire: bool) -> Iterator[Change]:
    """The steps from the address that Canvas shows first to the desired one; `known` are the keys in the ledger.

    `user[email]` alone would leave the new one unconfirmed (live-client 2.4), so it is first added, already confirmed. Each step is a
    change with its own outcome. The update's `before` has the former address's key among its parents: the ledger keeps it until it is gone.
    """
    user = person_of(desired.key)
    coming, leaving = channel_key(user, NEXT), former_key(user, known)
    yield Create(Record(coming, desired.fields, (user,), observed.handle))
    before = Record(observed.key, observed.fields, (user, leaving) if retire else (user,), observed.handle)
    yield Update(before, Record(desired.key, desired.fields, (user, coming), observed.handle))
    if retire:
        yield Remove(Record(leaving, observed.fields, (user, desired.key), observed.handle), covers=0)


def former_key(user: Key, known: Collection[Key]) -> Key:
    """The first key for a former address that is not in the ledger."""
    number, key = 1, channel_key(user, FORMER)
    while key in known:
        number += 1
        key = channel_key(user, f"{FORMER}-{number}")
    return key


def is_former(key: Key) -> bool:
    """Whether a channel is a former address, to be removed."""
    return key.id.rpartition("|")[2].startswith(FORMER)


def is_wanted_again(record: Record, desired: Mapping[Key, Record]) -> bool:
    """Whether the roster asks again for an address that was to be removed."""
    main = desired.get(channel_key(person_of(record.key), MAIN))
    return main is not None and record.rule.same("address", main.fields["address"], record.fields.get("address"))
