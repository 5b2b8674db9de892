"""Whether a Canvas is the one that a store knows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.tenant import Comparison, Pin, compare, compare_numbers, normal_address, pin_of
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key

OLD, NEW = "https://example.instructure.com", "https://canvas.example.edu"
UUID = "n56NOnoDIGMBrfpKoCKOeLMxMQuT3Gmrt534aUNN"
TENANT = Tenant(NEW, 4, 1, "ILC", "77", {}, datetime(2021, 8, 2, tzinfo=UTC), account_uuid=UUID)
PIN = Pin(OLD, 1, "ILC", 4, UUID)
OLDER = Pin(OLD, 1, "ILC")
ACCOUNT, EQ, NB = Key(Kind.ACCOUNT, "ilc"), Key(Kind.COURSE, "ilc:2021-22:cop:EQ"), Key(Kind.COURSE, "ilc:2021-22:cop:NB")
KEPT = {ACCOUNT: 7, EQ: 70, NB: 71}


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("https://Canvas.Example.edu/", NEW),
        ("HTTPS://canvas.example.edu", NEW),
        (" https://canvas.example.edu:443// ", NEW),
        ("https://canvas.example.edu:", NEW),
        ("https://canvas.example.edu:80", "https://canvas.example.edu:80"),
        ("http://LOCALHOST:80/", "http://localhost"),
        ("http://127.0.0.1:8443", "http://127.0.0.1:8443"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://canvas.example.edu/LMS/", "https://canvas.example.edu/LMS"),
        ("https://canvas.example.edu:443x", "https://canvas.example.edu:443x"),
        ("canvas.example.edu/", "canvas.example.edu"),
        ("", ""),
    ],
)
def test_address_has_one_spelling(typed: str, normal: str) -> None:
    """Upper case, the scheme's own port and slashes at the end make no other address; what cannot be read stays as it is."""
    assert normal_address(typed) == normal


@given(st.text(st.sampled_from("hHtTpPsS:/.[]@?#% aA018"), max_size=30))
@example("https://canvas.test /")
def test_normal_address_stays_normal(text: str) -> None:
    """The normal form of a normal form is itself, no matter what was typed."""
    assert normal_address(normal_address(text)) == normal_address(text)


def test_uuid_proves_the_same() -> None:
    """With the uuid and both numbers it is the same Canvas, even if the account was renamed."""
    assert compare(PIN, TENANT) == Comparison(proof="uuid")
    assert compare(PIN, replace(TENANT, account_name="Leaders")).same


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (replace(TENANT, account_uuid="other"), "another account uuid"),
        (replace(TENANT, root_account_id=2), "root account number 2 instead of 1"),
        (replace(TENANT, account_id=5), "account number 5 instead of 4"),
        (replace(TENANT, base_url="https://example.beta.instructure.com"), "the address of a beta copy instead of an original"),
        (replace(TENANT, base_url="https://example.test.instructure.com"), "the address of a test copy instead of an original"),
    ],
)
def test_difference_makes_another_canvas(other: Tenant, text: str) -> None:
    """A uuid or number that differs is another Canvas; so is a copy for trials, which has the uuid and numbers of its original."""
    assert compare(PIN, other) == Comparison((text,), "uuid")
    assert not compare(PIN, other).same


def test_name_counts_without_uuid() -> None:
    """If either side shows no uuid, nothing is proved, and another name is another Canvas."""
    assert compare(OLDER, TENANT) == compare(PIN, replace(TENANT, account_uuid="")) == Comparison()
    assert compare(OLDER, replace(TENANT, account_name="Other")).differences == ('account name "Other" instead of "ILC"',)


def test_uuid_is_not_forgotten() -> None:
    """What is remembered is what Canvas shows; a uuid that it does not show any more stays."""
    assert pin_of(TENANT) == Pin(NEW, 1, "ILC", 4, UUID)
    assert pin_of(replace(TENANT, account_uuid=""), PIN).account_uuid == UUID
    assert pin_of(replace(TENANT, account_uuid="")).account_uuid is None


@pytest.mark.parametrize(
    ("found", "proof"),
    [
        ({ACCOUNT: 7, EQ: 70, NB: 71}, "numbers"),
        ({ACCOUNT: 7, EQ: None, NB: 71}, "numbers"),
        ({ACCOUNT: 7, EQ: None, NB: None}, ""),
        ({ACCOUNT: None, EQ: 70, NB: 71}, ""),
    ],
)
def test_numbers_prove_the_same(found: dict[Key, int | None], proof: str) -> None:
    """Our sub-account and a course with the numbers that were kept are proof; a course that was deleted since takes nothing from it."""
    assert compare_numbers(KEPT, found) == Comparison(proof=proof)


def test_other_numbers_disprove_it() -> None:
    """One different number, or none of our objects, means another Canvas; without recorded numbers nothing is known."""
    other: dict[Key, int | None] = {ACCOUNT: 7, EQ: 72, NB: 71}
    assert compare_numbers(KEPT, other).differences == ("number 72 instead of 70 for ilc:2021-22:cop:EQ",)
    assert compare_numbers(KEPT, dict.fromkeys(KEPT)).differences == ("nothing of what this store has made",)
    assert compare_numbers({}, {}) == Comparison()
