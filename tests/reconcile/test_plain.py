"""Texts of others, where they are shown."""

import json

import pytest

from ilc_canvas.reconcile.words.plain import plain

FORGING = (
    *("\n", "\r", "\r\n", "\t", "\v", "\f", "\x00", "\x08", "\x1b[2K", "\x7f", "\x85", "\x9b2K", "\u2028", "\u2029"),
    *("\u200b", "\u200e", "\u200f", "\u061c", "\ufeff", "\u00ad", "\u2060", "\u2061", "\u180e", "\U000e0041", "\U000e007f", "\U000e0001"),
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u206a", "\ufff9", "\ufffb"),
    *("\u034f", "\u115f", "\u1160", "\u17b4", "\u2800", "\u3164", "\uffa0", "\ue000", "\U000f0000", "\ud800"),
)
HONEST = (
    *("Ada Lovelace", "José Núñez", "O\u2019Brien", "李小龍", "محمد", "नेहा", "क्\u200dष", "می\u200cخواهم", "A\u00a0B", "Zoë 👩\u200d🏫"),
    *('a "b" \\ c', ""),
)


@pytest.mark.parametrize("forging", FORGING, ids=ascii)
def test_forging_character_is_escaped(forging: str) -> None:
    """What would break the line, move the cursor, turn the direction of writing or not be seen is shown as its escape."""
    shown = plain(f"Ada{forging}Approved by R. Alvarez")
    assert shown.startswith("Ada\\")
    assert shown.isprintable()
    assert json.loads(f'"{shown}"') == f"Ada{forging}Approved by R. Alvarez"


@pytest.mark.parametrize("name", HONEST)
def test_name_of_any_language_stays(name: str) -> None:
    """Names are shown as they are spelt, with the joiners that some languages need."""
    assert plain(name) == name


def test_json_stays_what_it_is() -> None:
    """A document means the same afterwards, and its own line breaks can be kept."""
    value = {"name": "".join(FORGING), "n": [1, "x"]}
    text = json.dumps(value, ensure_ascii=False, indent=1)
    assert json.loads(plain(text, keep="\n")) == value
    assert plain(text, keep="\n").count("\n") == text.count("\n")
