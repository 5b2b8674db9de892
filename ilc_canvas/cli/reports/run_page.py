"""A run as one page that prints on letter paper: nothing is loaded from elsewhere, and every text is escaped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from ilc_canvas import clock
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.cli.reports.chart import bars
from ilc_canvas.cli.runs.approvals_text import decision_line
from ilc_canvas.reconcile.run.sentence import sentence
from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.views.reports.run_report import GROUPS, Group, ReportRow, RunReport

TITLES: dict[Group, str] = {"done": "Done", "not-done": "Not done", "waiting": "Waiting", "planned": "Only planned", "left-out": "Left out"}
_ALWAYS = ("done", "not-done", "waiting")
_SHOWN = 40  # rows of a long list
_ENDS = {
    "applied": "done",
    "converged": "nothing to do",
    "partial": "partly done",
    "held": "held for a person",
    "planned": "planned",
    "failed": "failed",
    "interrupted": "stopped",
}
_STYLE = """
@page { size: letter; margin: 0.5in; }
body { font: 10pt/1.35 Georgia, serif; color: #111; max-width: 7.3in; margin: 0.4in auto; }
h1 { font-size: 16pt; margin: 0 0 0.08in; } h2 { font-size: 12pt; margin: 0.16in 0 0.03in; break-after: avoid; }
p { margin: 0.05in 0; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 1pt 10pt 1pt 0; }
th { font-weight: normal; color: #444; } thead th { border-bottom: 1px solid #888; } tr { break-inside: avoid; }
td.number, th.number { text-align: right; } thead { display: table-header-group; }
.facts th { white-space: nowrap; width: 1%; }
.glance { display: flex; gap: 0.3in; align-items: flex-start; } .glance svg { flex: none; width: 3.4in; }
svg text { font: 10px Georgia, serif; } svg rect { fill: #4a6a8a; print-color-adjust: exact; } svg line { stroke: #999; }
th[scope=rowgroup] { width: 35%; }
.small { color: #555; font-size: 8.5pt; margin-top: 0.2in; }
@media print { body { margin: 0; max-width: none; font-size: 9pt; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(report: RunReport, *, version: str, now: datetime) -> bytes:
    """The file."""
    title = f"Run {report.info.number} of {report.school_year}: {_ENDS.get(report.info.status, 'cut off')}"
    body = "\n".join(_body(report, title, version=version, now=now))
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


def _text(text: str) -> str:
    """Text of whatever origin as it may stand anywhere in the page."""
    return escape(plain(with_commands(text)))


def _body(report: RunReport, title: str, *, version: str, now: datetime) -> Iterator[str]:
    said = sentence(report.report) if report.report else "It was cut off: the next run settles what it left open."
    yield f"<h1>{_text(title)}</h1>\n<p>{_text(said)}</p>"
    yield f'<div class="facts">{_table((), _facts(report))}</div>'
    counts = [(TITLES[group], len(report.of(group))) for group in GROUPS if report.of(group) or group in _ALWAYS]
    glance = _table(("", "Changes"), [(label, f"{number:,}") for label, number in counts])
    yield f'<h2>At a glance</h2>\n<div class="glance">{bars(counts, "Changes")}\n{glance}</div>'
    if any(len(report.of(group)) > _SHOWN for group in GROUPS):
        yield "<h2>By course</h2>"
        yield _table(("Course", *(TITLES[group] for group in GROUPS if report.of(group))), _courses(report))
    for group in (*GROUPS[1:], GROUPS[0]):
        yield from _listed(report.of(group), TITLES[group])
    made = f"Made on {clock.at(now)} by ilc-canvas {version} from the audit log. It contains names and addresses: share it with few people."
    yield f'<p class="small">{_text(made)}</p>'


def _facts(report: RunReport) -> Iterator[tuple[str, str]]:
    """When, by whom, from what, and who approved it for which reason."""
    info, roster = report.info, report.roster
    yield "When", clock.span(info.began_at, info.closed_at) if info.closed_at else clock.at(info.began_at)
    yield from _cost(report)
    yield "Requested by", f"{info.actor} ({info.trigger}){f': {info.reason}' if info.reason else ''}"
    if roster:
        signed = f", signed by {roster.signed_by} on {clock.day(roster.signed_at)}" if roster.signed_at else ""
        yield "Roster", f"{roster.school_year}, version {roster.number}{signed}"
    yield "Canvas", info.base_url
    yield from (("" if turn else "Held because", reason) for turn, reason in enumerate(report.reasons))
    yield from (("" if turn else "Decision", decision_line(each)) for turn, each in enumerate(report.decisions))
    if not report.decisions:
        yield "Decision", "nobody has decided about it"


def _cost(report: RunReport) -> Iterator[tuple[str, str]]:
    """How long it took, and how many requests."""
    if report.times:
        looking, writing = report.times
        yield "Took", f"{clock.took(looking + writing)}: {clock.took(looking)} to look and plan, {clock.took(writing)} from then on"
    if report.report:
        yield "Requests", f"{report.report.requests:,} to Canvas, {report.report.writes:,} of them to write"


def _courses(report: RunReport) -> Iterator[tuple[str, ...]]:
    numbers = Counter((row.course, row.group) for row in report.rows)
    groups = [group for group in GROUPS if report.of(group)]
    for course in sorted({row.course for row in report.rows}):
        yield course or "People, term and roles", *(f"{numbers[course, group]:,}" for group in groups)


def _listed(rows: Sequence[ReportRow], title: str) -> Iterator[str]:
    """The rows of one group, course by course."""
    if not rows:
        return
    shown, why = rows[:_SHOWN], any(row.why for row in rows)
    head = f"{title}: {count(len(rows), 'change')}"
    yield f"<h2>{_text(head)}</h2>"
    heads = ("Course", "What", "Why") if why else ("Course", "What")
    by_course = groupby(shown, key=lambda row: row.course or "People, term and roles")
    yield f"<table>{_head(heads)}{''.join(_group(course, list(group), why=why) for course, group in by_course)}</table>"
    if len(rows) > len(shown):
        yield f"<p>{_text(f'and {len(rows) - len(shown):,} more: the table that report run --csv writes has all of them.')}</p>"


def _group(course: str, rows: Sequence[ReportRow], *, why: bool) -> str:
    """The rows of one course, beside its name."""
    cells = [f"<td>{_text(row.what)}</td>{f'<td>{_text(row.why)}</td>' if why else ''}" for row in rows]
    name = f'<th scope="rowgroup" rowspan="{len(rows)}">{_text(course)}</th>'
    return f"<tbody><tr>{name}{'</tr><tr>'.join(cells)}</tr></tbody>\n"


def _head(heads: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col"{_side(text, head=True)}>{_text(text)}</th>' for text in heads)
    return f"<thead><tr>{cells}</tr></thead>" if heads else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the first cell of a row is its heading, numbers stand to the right."""
    body = "".join(
        f'<tr><th scope="row">{_text(first)}</th>{"".join(f"<td{_side(text)}>{_text(text)}</td>" for text in rest)}</tr>\n'
        for first, *rest in rows
    )
    return f"<table>{_head(heads)}<tbody>\n{body}</tbody></table>"


def _side(text: str, *, head: bool = False) -> str:
    number = text in (*TITLES.values(), "Changes") if head else text.replace(",", "").isdigit()
    return ' class="number"' if number else ""
