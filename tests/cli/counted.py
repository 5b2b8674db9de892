"""Nouns that screens count, and what is wrong about a count."""

import re

NOUNS = {
    "person": "people", "change": "changes", "course": "courses", "section": "sections", "team": "teams", "COP": "COPs", "thing": "things",
    "enrollment": "enrollments", "meeting": "meetings", "event": "events", "difference": "differences", "finding": "findings",
    "error": "errors", "warning": "warnings", "row": "rows", "file": "files", "run": "runs", "request": "requests", "write": "writes",
    "question": "questions", "account": "accounts", "reason": "reasons", "head": "heads", "call": "calls", "version": "versions",
    "notice": "notices", "object": "objects", "removal": "removals", "attempt": "attempts", "place": "places",
    "facilitator": "facilitators", "participant": "participants",
    "teacher": "teachers", "line": "lines", "name": "names", "address": "addresses", "roster": "rosters",
}  # fmt: skip
_ONE = re.compile(rf"(?<![\w.,:#-])(?<!version )(?<!run )(?<!line )1 (?:\w+ )?({'|'.join(NOUNS.values())})\b")
_MANY = re.compile(rf"(?<![\w.,:#-])(?<!version )(?<!run )(?<!line )(?:0|[2-9]|\d{{2,}}) ({'|'.join(NOUNS)})\b")
_VERB = re.compile(
    rf"\b1 (?:{'|'.join(NOUNS)}) (?:are|were|have|wait|do|go|stay|join|match)\b"
    rf"|\b(?:0|[2-9]) (?:{'|'.join(NOUNS.values())}) (?:is|was|has|waits|does|goes|stays|matches)\b"
)


def wrong_counts(text: str) -> list[str]:
    """Nouns and verbs that do not go with the number before them."""
    return [found[0] for pattern in (_ONE, _MANY, _VERB) for found in pattern.finditer(text)]
