"""plan --who-hears: whom Canvas would notify, course by course"""

from collections.abc import Iterator

from ilc_canvas.cli.output import cut
from ilc_canvas.cli.runs.repair import repairing
from ilc_canvas.reconcile.guards.forecast import Forecast
from ilc_canvas.reconcile.run.sentence import hearing
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs.hearers import Hearers, hearers
from ilc_canvas.views.sentences import heading


def who_hears_text(forecast: Forecast, names: Names, *, all_rows: bool) -> list[str]:
    """The people of each course, by what they would hear of."""
    lines, course = [f"  {hearing(forecast)}"], None
    for each in hearers(forecast, names):
        lines += ["", heading(each.course, names)] if each.course != course else []
        lines += _lines(each, all_rows=all_rows)
        course = each.course
    if forecast.notified:
        lines += ["", "Each person's own settings in Canvas decide what becomes mail. This program itself sends them nothing."]
    return lines


def _lines(each: Hearers, *, all_rows: bool) -> Iterator[str]:
    how = "by mail" if each.is_mailed else "if they turned such notices on"
    yield f"  {each.reason}: {count(each.count, 'person', 'people')}, {how}"
    yield from cut((f"    {name}" for name in each.names), all_rows=all_rows)
    if each.others:
        yield f"    {count(each.others, 'person who is', 'people who are')} in no roster"


def hearing_lines(detail: RunDetail) -> list[str]:
    """One line about a plan of which anybody would hear, and how to see who it is."""
    forecast = detail.report.forecast if detail.report else None
    if forecast is None or not forecast.notified:
        return []
    words = "".join(f" --only {word}" for word in detail.info.only)
    see = f" To see who: ilc-canvas plan{words}{repairing(detail)} --who-hears" if detail.info.undo is None else ""
    return ["", f"{hearing(forecast)}{see}"]
