"""Texts that Canvas stores in its own way: they are as we left them as long as Canvas shows what it showed after our last write."""

from dataclasses import replace

from ilc_canvas.reconcile.state import Ledger, Record, State


def recognized(observed: State, ledger: Ledger) -> State:
    """The reading with our own texts in place of Canvas's version of them; a text that people have edited stays as Canvas shows it."""
    marked = {record.key: _recognized(record, ledger) for record in observed if record.rule.rewritten}
    return replace(observed, records={**observed.records, **marked}) if marked else observed


def _recognized(record: Record, ledger: Ledger) -> Record:
    owned = ledger.get(record.key)
    base = owned.fields if owned else {}
    ours = {
        name: base[name]
        for name, version in (record.rule.rewritten or {}).items()
        if name in base and version in base and record.fields.get(name) == base[version]
    }
    return replace(record, fields={**record.fields, **ours}) if ours else record
