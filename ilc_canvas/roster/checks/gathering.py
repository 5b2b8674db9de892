"""One cause, one finding: what is the matter in many rows alike is said once, with all of its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ilc_canvas.reconcile.words import wording
from ilc_canvas.roster.findings import Finding, Severity

_DIGITS, _LETTERS = re.compile(r"[0-9]+"), re.compile(r"[^\W\d_]+")
_OF_FORM = frozenset(
    {
        "is not a date.",
        "is not a number.",
        "is not a time.",
        "is not an e-mail address.",
        "is not the name of a time zone.",
        "is not a CDS code.",
        "is another school year.",
        "is this school year, written in another way.",
        "lacks a leading zero.",
        "cannot be part of an id in Canvas.",
    }
)
"""What is said of how a value is written: values written alike have it for one cause."""

Cell = tuple[str, int, str]
_Kind = tuple[Severity, str, str]
MOST_LISTED = 100  # causes of one severity in a column; more are counted


class FindingList(list[Finding]):
    """Findings as they are made, those of one cause as one: of each severity, the first 100 causes in a column of a file are kept, the
    others counted. What is said later about the cells in `skipped` is left out.
    """

    def __init__(self, findings: Iterable[Finding] = (), skipped: frozenset[Cell] = frozenset()) -> None:
        super().__init__()
        self._skipped: frozenset[Cell] = frozenset()
        self._lines: dict[tuple[str, ...], list[int]] = {}
        self._kept: Counter[_Kind] = Counter()
        self._more: Counter[_Kind] = Counter()
        self.extend(findings)
        self._skipped = skipped

    def append(self, finding: Finding) -> None:
        """Keep it, add its row to that of its cause, or count it."""
        if (finding.file, finding.line, finding.column) in self._skipped:
            return
        kind, cause = (finding.severity, finding.file, finding.column), _cause(finding)
        if cause in self._lines:
            self._lines[cause] += _lines(finding)
        elif finding.count or self._kept[kind] >= MOST_LISTED:
            self._more[kind] += finding.count or 1
        else:
            self._kept[kind] += 1
            self._lines[cause] = [*_lines(finding)]
            super().append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keep, add or count each of them."""
        for finding in findings:
            self.append(finding)

    def __iadd__(self, findings: Iterable[Finding]) -> "FindingList":  # type: ignore[misc,override]
        self.extend(findings)
        return self

    @property
    def cut(self) -> tuple[Finding, ...]:
        """What is kept, each with all of its rows, and for what was counted one finding that says how many more there are."""
        kept = (_over(finding, self._lines[_cause(finding)]) for finding in self)
        return (*kept, *(_uncounted(kind, count) for kind, count in self._more.items()))


def _uncounted(kind: _Kind, count: int) -> Finding:
    severity, file, column = kind
    text = f"and {wording.count(count, f'more {severity}')} here."
    fix = "Correct what is listed, then import the files again: what is left is listed then."
    return Finding(severity, file, 0, column, "", text, fix, count)


def gathered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those of one cause as one, where the first of them stood."""
    first: dict[tuple[str, ...], Finding] = {}
    lines: dict[tuple[str, ...], list[int]] = {}
    for finding in findings:
        key = _cause(finding)
        if key in first:
            lines.setdefault(key, [*_lines(first[key])]).extend(_lines(finding))
        else:
            first[key] = finding
    return [_over(finding, lines[key]) if key in lines else finding for key, finding in first.items()]


def _cause(finding: Finding) -> tuple[str, ...]:
    value = shape(finding.value) if finding.text in _OF_FORM else finding.value
    return (finding.severity, finding.file, finding.column, value, finding.text, "" if finding.line else "the file")


def _lines(finding: Finding) -> Sequence[int]:
    return finding.rows or (finding.line,)


def _over(finding: Finding, lines: Iterable[int]) -> Finding:
    rows = tuple(sorted(set(lines)))
    return replace(finding, rows=rows) if len(rows) > 1 else finding


def shape(value: str) -> str:
    """How a value is written: 9/9/9 for 10/5/2021, a@a,a for ada@example,org."""
    return _LETTERS.sub("a", _DIGITS.sub("9", value))


def cells_of(findings: Iterable[Finding]) -> frozenset[Cell]:
    """The cells about which there is an error."""
    return frozenset(
        (finding.file, line, finding.column)
        for finding in findings
        if finding.severity == "error" and finding.column
        for line in _lines(finding)
    )


def without_echoes(findings: Iterable[Finding], unreadable: frozenset[Cell]) -> list[Finding]:
    """The findings but for those about cells that could not be read in the first place."""
    if not unreadable:
        return list(findings)
    return [finding for finding in findings if (finding.file, finding.line, finding.column) not in unreadable]
