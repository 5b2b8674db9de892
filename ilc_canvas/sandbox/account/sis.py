"""Rules that all SIS ids share: one per kind, kept after deletion, at most 255 characters, compared letter by letter."""

from ilc_canvas.sandbox.http.errors import Flaw, own
from ilc_canvas.sandbox.world.tables import S, SisTable

LONGEST = 255


def taken(table: SisTable[S], row: S | None, sis_id: str | None, *, integration_id: str | None = None) -> dict[str, list[Flaw]]:
    """What is wrong with these ids for `row` (None: a new one), by the attribute that Canvas names."""
    flaws: dict[str, list[Flaw]] = {}
    if sis_id and len(sis_id) > LONGEST:
        flaws["sis_source_id"] = [own("too_long")]
    elif table.by_sis(sis_id) not in (None, row):
        flaws["sis_source_id"] = [own(f'SIS ID "{sis_id}" is already in use')]
    if table.by_integration(integration_id) not in (None, row):
        flaws["integration_id"] = [own(f'Integration ID "{integration_id}" is already in use')]
    return flaws


def too_long(attribute: str, text: str | None) -> dict[str, list[Flaw]]:
    return {attribute: [own("too_long")]} if text and len(text) > LONGEST else {}
