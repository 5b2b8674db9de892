"""Texts with markup in one form: what means the same is equal, whoever wrote it down."""

import pytest

from ilc_canvas.canvas.texts.rich_text import marker, normal

TEXT = '<div data-ilc-key="a:b" data-ilc-zone="UTC"><p>Bring data &amp; "snacks".</p><p><a href="https://x.example/?a=1&amp;b=2">Join</a></p></div>'
SAME = {
    "line breaks of the editor": TEXT.replace("<p>", "\n<p>").replace("</div>", "\n</div>"),
    "attributes in another order": TEXT.replace('data-ilc-key="a:b" data-ilc-zone="UTC"', 'data-ilc-zone="UTC" data-ilc-key="a:b"'),
    "theme before and behind": f'<link rel="stylesheet" href="https://x/m.css">{TEXT}<script src="https://x/m.js">var a = "<p>";</script>',
    "what the API adds to links": TEXT.replace("<a ", '<a data-api-endpoint="https://x" data-api-returntype="Page" '),
    "entities": TEXT.replace('"snacks"', "&quot;snacks&quot;"),
}
OTHER = {
    "another word": TEXT.replace("data", "cake"),
    "another link": TEXT.replace("b=2", "b=3"),
    "bold": TEXT.replace("Bring", "<strong>Bring</strong>"),
    "a blank between words": TEXT.replace("Bring data", "Bringdata"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_same_text_is_equal(text: str) -> None:
    """What Canvas, its editor and its theme do to a text changes nothing."""
    assert normal(text) == normal(TEXT) == TEXT


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_other_text_differs(text: str) -> None:
    """What a person changed is seen."""
    assert normal(text) != TEXT


@pytest.mark.parametrize("text", [None, "", "<", "<p", "</", "&#xD800;", "<!--", "<![CDATA[", "<p a='" + "x" * 5000, "<div>" * 3000])
def test_broken_markup_raises_nothing(text: str | None) -> None:
    """Whatever stands in a description gives a text that is its own normal form from then on, and no marker."""
    assert (marker(text), normal(normal(text))) == ("", normal(text))


def test_first_marker_counts() -> None:
    """A text that was copied into another one does not change whose it is."""
    assert (marker(f"{TEXT}{TEXT.replace('a:b', 'c:d')}"), marker(TEXT, "zone"), marker(TEXT, "none")) == ("a:b", "UTC", "")
