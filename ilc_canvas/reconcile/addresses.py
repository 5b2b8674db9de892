"""A new address of a person, step by step: added, made the first, and only then the former one removed."""

from collections.abc import Collection, Iterator, Mapping

from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.kinds import FORMER, MAIN, NEXT
from ilc_canvas.reconcile.state import Key, Record, channel_key, person_of


def address_steps(wanted: Record, seen: Record, known: Collection[Key], *, retire: bool) -> Iterator[Change]:
    """From the address that Canvas shows first to the one that is wanted; `known` are the keys of the ledger.

    `user[email]` alone would leave the new one unconfirmed (live-client 2.4), so it is added first, confirmed. Each step is a change with
    an outcome of its own. The update names the former address's key among its parents before: the ledger keeps it until it is gone.
    """
    user = person_of(wanted.key)
    coming, leaving = channel_key(user, NEXT), former_key(user, known)
    yield Create(Record(coming, wanted.fields, (user,), seen.handle))
    before = Record(seen.key, seen.fields, (user, leaving) if retire else (user,), seen.handle)
    yield Update(before, Record(wanted.key, wanted.fields, (user, coming), seen.handle))
    if retire:
        yield Remove(Record(leaving, seen.fields, (user, wanted.key), seen.handle), covers=0)


def former_key(user: Key, known: Collection[Key]) -> Key:
    """The first key for a former address that the ledger does not use."""
    number, key = 1, channel_key(user, FORMER)
    while key in known:
        number += 1
        key = channel_key(user, f"{FORMER}-{number}")
    return key


def is_former(key: Key) -> bool:
    """Whether a channel is an address that is to go."""
    return key.id.rpartition("|")[2].startswith(FORMER)


def is_wanted_again(record: Record, desired: Mapping[Key, Record]) -> bool:
    """Whether an address that was to go is the one that the roster asks for by now."""
    main = desired.get(channel_key(person_of(record.key), MAIN))
    return main is not None and record.rule.same("address", main.fields["address"], record.fields.get("address"))
