"""A report as one HTML page to print on letter paper: a chart and a table for each question. It needs nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from ilc_canvas.cli.reports.chart import bars

Cell = str | int

_STYLE = """
@page { size: letter; margin: 0.6in; }
* { box-sizing: border-box; }
body { font: 10pt/1.4 "Segoe UI", Helvetica, Arial, sans-serif; color: #1a1a1a; background: #fff; }
body { max-width: 7.3in; margin: 0 auto; padding: 12pt 0; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 4pt; }
h2 { font-size: 12pt; margin: 0 0 4pt; break-after: avoid; }
p { margin: 0 0 6pt; }
.facts { color: #444; font-size: 9pt; border-bottom: 1pt solid #999; padding-bottom: 6pt; margin-bottom: 12pt; overflow-wrap: anywhere; }
.facts p { margin: 0 0 2pt; }
section { margin: 0 0 16pt; }
section.short { break-inside: avoid; }
.pair { display: flex; gap: 14pt; align-items: flex-start; }
.pair svg { flex: 0 0 2.05in; width: 2.05in; height: auto; }
.pair table { flex: 1 1 0; min-width: 0; }
table.wide { font-size: 7.5pt; }
table.wide th { font-size: 6.8pt; }
table.wide td:first-child { overflow-wrap: anywhere; }
.pair table.wide th:first-child { width: 32%; }
table.wide th, table.wide td { padding: 2pt 2.5pt; }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; }
th, td { padding: 2pt 4pt; border-bottom: 0.5pt solid #bbb; text-align: left; vertical-align: top; }
th { border-bottom: 1pt solid #444; font-weight: 600; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
svg text { font: 10.5px "Segoe UI", Helvetica, Arial, sans-serif; fill: #1a1a1a; }
svg rect { fill: #2f5d8a; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
svg line { stroke: #999; }
"""
_SHORT = 24  # rows of a table that is kept on one page
_WIDE = 5  # columns from which letters are smaller


class Bar(NamedTuple):
    """One bar of a chart."""

    label: str
    value: int


@dataclass(frozen=True)
class Section:
    """A question with its answer."""

    question: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    bars: Sequence[Bar] = ()
    measure: str = ""  # what the bars count
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    facts: tuple[str, ...]  # what it is made from
    sections: tuple[Section, ...]


def as_html(page: Page) -> str:
    """The page, with everything in it escaped; its policy lets a browser load nothing."""
    title = escape(page.title)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    head = f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>{title}</title>'
    facts = "".join(f"<p>{escape(fact)}</p>\n" for fact in page.facts)
    body = "".join(_section(section) for section in page.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="en-US">\n<head>\n{head}\n<style>{_STYLE}</style>\n</head>\n<body>\n'
        f'<h1>{title}</h1>\n<div class="facts">\n{facts}</div>\n{body}</body>\n</html>\n'
    )


def _section(section: Section) -> str:
    short = ' class="short"' if len(section.rows) <= _SHORT else ""
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in section.notes)
    chart = bars(section.bars, section.measure) if section.bars else ""
    table = _table(section) if section.rows else ""
    pair = f'<div class="pair">\n{chart}{table}</div>\n' if chart else table
    return f"<section{short}>\n<h2>{escape(section.question)}</h2>\n{notes}{pair}</section>\n"


def _table(section: Section) -> str:
    numbers = [all(isinstance(row[at], int) or row[at] == "–" for row in section.rows) for at in range(len(section.head))]
    head = "".join(_cell("th", name, number=number) for name, number in zip(section.head, numbers, strict=True))
    rows = "".join(
        f"<tr>{''.join(_cell('td', cell, number=number) for cell, number in zip(row, numbers, strict=True))}</tr>\n" for row in section.rows
    )
    wide = ' class="wide"' if len(section.head) > _WIDE else ""
    return f"<table{wide}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _cell(tag: str, value: Cell, *, number: bool) -> str:
    text = f"{value:,}" if isinstance(value, int) else escape(value)
    scope = ' scope="col"' if tag == "th" else ""
    kind = ' class="number"' if number else ""
    return f"<{tag}{scope}{kind}>{text}</{tag}>"
