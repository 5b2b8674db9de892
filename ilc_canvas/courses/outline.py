"""The outline of one kind of course: modules, what they hold, hidden tabs, home, and what its meetings are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from ilc_canvas.courses.findings import Finding
from ilc_canvas.courses.toml import Table
from ilc_canvas.courses.values.values import Stage

TABS = ("announcements", "assignments", "discussions", "files", "grades", "modules", "outcomes", "pages", "people", "quizzes", "syllabus")
EACH = ("meeting", "tool")


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module. With `each` there is one for every meeting. Items are keys of pages and topics; a repeated page stands for all of its."""

    key: str
    name: str
    items: tuple[str, ...]
    line: int
    published: bool = True
    each: str = ""


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """What meetings are about: the order of stages over the year, which of them comes again if there are more meetings, and the orders
    for one, two, three ... meetings.
    """

    order: tuple[str, ...] = ()
    repeated: str = ""
    few: tuple[tuple[str, ...], ...] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)  # of each stage


@dataclass(frozen=True, slots=True)
class Outline:
    """All that outline.toml says."""

    file: str
    home: str
    modules: tuple[ModulePlan, ...]
    hidden: tuple[str, ...]
    meetings: MeetingPlan


def read_outline(file: str, text: str) -> tuple[Outline | None, list[Finding]]:
    """The outline, or what is wrong with it."""
    table = Table.read(file, text)
    home = table.text("home", required=True)
    hidden = table.words("hidden", allowed=TABS)
    modules = tuple(_module(each) for each in table.tables("modules"))
    plan = _plan(table)
    table.done()
    findings = [*table.findings, *_plan_faults(file, plan)]
    if table.broken:
        return None, findings
    return Outline(file, home, modules, hidden, plan), findings


def _module(table: Table) -> ModulePlan:
    plan = ModulePlan(
        table.key("key"),
        table.text("name", required=True),
        table.words("items"),
        table.line,
        published=table.flag("published", default=True),
        each=table.word("each", allowed=EACH[:1]),
    )
    table.done()
    return plan


def _plan(table: Table) -> MeetingPlan:
    stages: dict[str, Stage] = {}
    lines: dict[str, int] = {}
    for key, each in table.named_tables("stages"):
        title, *texts = (each.text(name, required=True) for name in ("title", "before", "during", "after"))
        each.done()
        before, during, after = map(Markup, texts)  # the office's own Markdown
        stages[key], lines[key] = Stage(key, title, before, during, after), each.line
    meetings = table.table("meetings")
    if meetings is None:
        return MeetingPlan(stages=stages, lines=lines)
    plan = MeetingPlan(meetings.words("order"), meetings.text("repeated"), meetings.rows("few"), stages, lines)
    meetings.done()
    return plan


def _plan_faults(file: str, plan: MeetingPlan) -> Iterator[Finding]:
    """Orders that name stages that there are not, or too few or too many of them."""
    used = {*plan.order, *(key for row in plan.few for key in row), *([plan.repeated] if plan.repeated else [])}
    for key in sorted(used - set(plan.stages)):
        yield Finding(
            file, 0, f'the order of meetings names the stage "{key}", which there is not.', f"Add [stages.{key}], or correct the name."
        )
    for key in sorted(set(plan.stages) - used):
        yield Finding(
            file, plan.lines[key], f'no meeting is ever about the stage "{key}".', "Name it in an order, or remove it.", "warning"
        )
    if plan.order and plan.repeated not in plan.order:
        yield Finding(file, 0, "the stage that is repeated is not in the order.", 'Set "repeated" to one of the stages in "order".')
    wrong = [place for place, row in enumerate(plan.few, start=1) if len(row) != place]
    if wrong:
        yield Finding(
            file, 0, f"row {wrong[0]} of few is not for as many meetings.", "The first row is for 1 meeting, the second for 2, and so on."
        )
    if plan.stages and len(plan.order) > len(plan.few) + 1:
        yield Finding(file, 0, "few has too few rows.", f"There must be one for each number of meetings below {len(plan.order)}.")
