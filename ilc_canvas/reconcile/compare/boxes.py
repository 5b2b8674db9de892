"""The generated part of a page has a version of its own, so that it is kept up to date also in a page that somebody has edited."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ilc_canvas.reconcile.state import Key, Ledger, Owned, Record, State

_AS_LEFT = ("shown_part", "shown_body", "former_text", "former_part")
"""How Canvas showed a page and its part after our last write, and the version before it: the next write, or undoing, goes by them."""
BY_HAND = "by hand"
"""The version of a part that somebody has edited, or taken out."""


def edited_boxes(desired: State, observed: State, ledger: Ledger) -> dict[Key, int]:
    """The pages whose part is to change and whose text somebody has edited: only a look at them tells about the part."""
    return {
        record.key: record.handle
        for record, owned in _with_part(observed, ledger)
        if record.handle and _is_to_change(record, owned, desired) and record.fields.get("text") != owned.fields.get("text")
    }


def with_boxes(observed: State, ledger: Ledger, desired: State, *, boxes: Mapping[Key, str]) -> State:
    """The reading with the version of each part: as we left it, unless a look (`boxes`, by page) says otherwise."""
    pages = {}
    for record in observed:
        owned = ledger.get(record.key) if record.rule.is_content else None
        if owned and "shown_body" in owned.fields:
            left = {name: owned.fields[name] for name in _AS_LEFT if name in owned.fields}
            pages[record.key] = replace(record, fields={**record.fields, **left})
    for record, owned in _with_part(observed, ledger):
        edited = record.key in boxes and boxes[record.key] != owned.fields.get("shown_part")
        part = BY_HAND if edited and _is_to_change(record, owned, desired) else owned.fields["part"]
        pages[record.key] = replace(pages[record.key], fields={**pages[record.key].fields, "part": part})
    return replace(observed, records={**observed.records, **pages}) if pages else observed


def _with_part(observed: State, ledger: Ledger) -> Iterator[tuple[Record, Owned]]:
    for record in observed:
        owned = ledger.get(record.key) if record.rule.is_content else None
        if owned and "part" in owned.fields and "shown_body" in owned.fields:
            yield record, owned


def _is_to_change(record: Record, owned: Owned, desired: State) -> bool:
    wanted = desired.get(record.key)
    return wanted is not None and wanted.fields.get("part") != owned.fields["part"]
