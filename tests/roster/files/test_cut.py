"""The guard against cut files holds in every form: whatever is cut off, nobody is silently taken to have left."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import TEAMS
from ilc_canvas.roster.reading import File, read_table
from tests.roster.cast import V4, sample
from tests.roster.files.books import as_book, as_text, with_shared_texts

WHOLE = sample(V4[1])
FORMS = {
    "utf-8": as_text(WHOLE),
    "semicolons": as_text(WHOLE, separator=";", encoding="utf-8-sig"),
    "utf-16": as_text(WHOLE, encoding="utf-16", separator="\t"),
    "cp1252": as_text(WHOLE, encoding="cp1252", separator=";"),
    "workbook": File("teams.xlsx", with_shared_texts(as_book(WHOLE).data)),
}
CODECS = {"utf-16": "utf-16", "cp1252": "cp1252"}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_cut_file_is_refused_or_warned(form: str, data: st.DataObject) -> None:
    """Cut anywhere but between two rows, the file is refused; cut at the end of its last row, it is warned about."""
    whole = FORMS[form]
    at = data.draw(st.integers(1, len(whole.data) - 1))
    try:
        table = read_table(File(whole.name, whole.data[:at]), TEAMS)
    except RosterError:
        return
    between = whole.data[:at].decode(CODECS.get(form, "utf-8"), "ignore").endswith(("\r", "\n"))
    assert between or [finding.text for finding in table.findings] == ["the last line has no line break."]
    assert form != "workbook"
