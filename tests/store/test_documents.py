"""Documents that people sign: one table and one code, whatever they are about."""

import pytest

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import versions
from ilc_canvas.store.documents.signing import ReviewedDraft, Signing, require_other_approver
from ilc_canvas.store.rosters import versions as rosters
from tests.store.cast import NOON, draft, finalized
from tests.store.menu import MenuError, menu_draft, menu_finalized, menu_signed


def _basis(store: Store, school_year: str = "2021-22") -> dict[str, object]:
    with store.read() as connection:
        return dict(versions.newest_basis(connection, school_year).pairs)


def _states(store: Store, document: str) -> dict[int, str]:
    with store.read() as connection:
        return {info.number: info.state for info in versions.listing(connection, document)}


def test_any_document_is_signed_off(store: Store) -> None:
    """A second kind of document goes from draft to finalized to superseded beside the roster, with numbers of its own."""
    finalized(store)
    assert menu_draft(store, "soup") == 1
    assert menu_draft(store, "stew") == 1  # in place of the draft before it
    assert (_states(store, "menu"), _basis(store)) == ({1: "draft"}, {"roster": 1})
    assert menu_signed(store) == 1
    assert (menu_finalized(store, "rice"), _states(store, "menu")) == (2, {2: "finalized", 1: "superseded"})
    assert (_states(store, "roster"), _basis(store)) == ({1: "finalized"}, {"menu": 2, "roster": 1})
    with store.read() as connection:
        assert versions.contents(connection, "menu") == ['["stew"]', '["rice"]']


def test_documents_leave_each_other_alone(store: Store) -> None:
    """A draft, a signature and the same files of one document do nothing to another one of the same number."""
    menu_draft(store, "a")
    draft(store, files="a")
    finalized(store, files="b")
    assert (_states(store, "menu"), _states(store, "roster")) == ({1: "draft"}, {1: "finalized"})
    assert rosters.read(store, 1).people
    assert _basis(store) == {"roster": 1}


def test_basis_is_of_a_school_year(store: Store) -> None:
    """Each school year has its own versions; a year without any has an empty basis."""
    menu_finalized(store, "soup")
    finalized(store, files="b", year="2022-23")
    assert (_basis(store), _basis(store, "2022-23"), _basis(store, "2023-24")) == ({"menu": 1}, {"roster": 1}, {})


def test_each_document_is_refused_in_its_name(store: Store) -> None:
    """No draft, errors, the same files, an older number, another draft than was looked at: each is said of the document that it is."""
    with pytest.raises(MenuError, match=r"no draft.*‹import-document menu›"):
        menu_signed(store)
    menu_draft(store, "soup", errors=2)
    with pytest.raises(MenuError, match="Menu version 1 has 2 errors"):
        menu_signed(store)
    with pytest.raises(MenuError, match="A menu is finalized by somebody"):
        menu_signed(store, Signing(" ", NOON))
    menu_finalized(store, "soup")
    with pytest.raises(MenuError, match="already loaded: they are menu version 1, finalized by Ana"):
        menu_draft(store, "soup")
    with pytest.raises(MenuError, match="version 1 is finalized already"):
        menu_draft(store, "stew", manifest=1)
    menu_draft(store, "stew")
    with pytest.raises(MenuError, match=r"no draft of version 7.*‹show-document menu 2›"):
        menu_signed(store, Signing("Ana", NOON, seen=ReviewedDraft(7)))


def test_signature_of_any_document_is_an_event(store: Store) -> None:
    """The log keeps drafts and signatures under the document's name, with what is particular to it."""
    menu_finalized(store, "soup")
    drafted, signed = events(store)
    assert (drafted.kind, signed.kind, signed.personal) == ("menu-drafted", "menu-finalized", {"signed_by": "Ana"})
    assert signed.body.items() >= {"version": 1, "dishes": 1}.items()


def test_four_eyes_look_at_the_whole_basis(store: Store) -> None:
    """Who has imported or signed any document of a plan's basis does not approve the plan; a version that is no number concerns nobody."""
    finalized(store)
    menu_draft(store, "soup", by="Cy")
    menu_signed(store)
    basis = Basis.of({"roster": 1, "menu": 1, "templates": "7f3c"})
    with pytest.raises(ApprovalError, match="cy has imported menu version 1"):
        require_other_approver(store, basis, "cy")
    require_other_approver(store, basis.without("menu"), "cy")
    require_other_approver(store, basis, "ben")


def test_neither_signer_approves(store: Store) -> None:
    """Who has imported a roster, and both who have signed it, leave its plans to somebody else."""
    finalized(store)
    number = draft(store, 2, files="b")
    rosters.sign_first(store, Signing("ben", NOON, actor="ben", reason="left"))
    seen = ReviewedDraft(number, rosters.info(store, number).files_digest)
    rosters.sign_second(store, second="cy", seen=seen, reason="asked", four_eyes=True, at=NOON)
    for name in ("ana", "Ben", " cy"):
        with pytest.raises(ApprovalError, match="Ask another person"):
            require_other_approver(store, Basis.of({"roster": number}), name)
    require_other_approver(store, Basis.of({"roster": number}), "dee")


def test_second_signer_named_on_the_terminal_does_not_approve(store: Store) -> None:
    """It is the same if one person has run the command for both."""
    finalized(store)
    number = draft(store, 2, files="b")
    rosters.finalize(store, signed_by="Ben", second="Cy", actor="ana", reason="left", at=NOON)
    with pytest.raises(ApprovalError, match="cy has signed roster version 2"):
        require_other_approver(store, Basis.of({"roster": number}), "cy")
