"""A plan as a letter to a colleague: counts, then course by course, then what is left alone, held, and to be done."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ilc_canvas import clock
from ilc_canvas.cli.marks import Marks
from ilc_canvas.cli.output import cut
from ilc_canvas.cli.repairing import how_to_repair, repairing
from ilc_canvas.reconcile.change import Change, Create, Remove, without_steps
from ilc_canvas.reconcile.declined import DECIDED
from ilc_canvas.reconcile.said import SAID
from ilc_canvas.reconcile.sentence import goes, parting, sentence
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views import plan
from ilc_canvas.views.names import Names
from ilc_canvas.views.sentences import decision, heading, place_of, told_aside, told_why, why_asked


def letter(detail: RunDetail, names: Names, *, roster: str, all_rows: bool, marks: Mapping[str, str] | None = None) -> list[str]:
    """The plan of a run, in the order in which a colleague would want to know it; `roster` says which one, and who signed it.

    `marks` are words behind single changes, by fingerprint.
    """
    changes = [step.change for step in detail.steps]
    at = f", looked at on {clock.at(detail.info.planned_at)}" if detail.info.planned_at else ""
    lines = [f"{roster} against Canvas ({detail.info.base_url}){at}", ""]
    if not changes:
        lines += [f"  {sentence(detail.report)}"] if detail.report else []
    else:
        parts = [f"  {parting(detail.report)[:1].upper()}{parting(detail.report)[1:]}."] if detail.report and goes(detail.report) else []
        lines += [f"  {plan.counts(changes)}", f"  {plan.courses(changes)}", *parts, ""]
        lines += _by_course(changes, names, Marks(plan.with_more_rights(detail.reasons), marks or {}), all_rows=all_rows)
    return [*lines, *left_alone(detail, names, all_rows=all_rows), *held_lines(detail, names)]


def _by_course(changes: Sequence[Change], names: Names, marks: Marks, *, all_rows: bool) -> list[str]:
    groups: dict[Key | None, list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.subject.course].append(change)
    lines = []
    for course in sorted(groups, key=lambda key: (key is not None, key.id if key else "")):
        lines.append(heading(course, names) if course else "People, term and roles")
        if course and not all_rows and any(isinstance(change, Create) and change.key.rule.is_container for change in groups[course]):
            lines.append(f"  + new course, {plan.filled(groups[course])}{marks.of_all(groups[course])}")
        else:
            shown = without_steps(groups[course])
            lines += cut((f"  {plan.told_change(change, names)}{marks.of(change)}" for change in shown), all_rows=all_rows)
            along = (line for change in shown if isinstance(change, Remove) for line in plan.with_it(change, names))
            lines += cut((f"    {line}" for line in along), all_rows=all_rows)
    return lines


def left_alone(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """What a plan does not touch, and why: added and changed by hand, made by others, deferred."""
    lines = []
    if detail.by_hand:
        places = Counter(plan.told_place(key, names) for key in detail.by_hand)
        where = "; ".join(f"{number} in {place}" for place, number in sorted(places.items()))
        lines += ["", f"Not touched: {count(len(detail.by_hand), 'enrollment')} added by hand in Canvas ({where})."]
    if detail.not_ours:
        lines += ["", f"Not touched: {count(len(detail.not_ours), 'difference')} of accounts that others made:"]
        lines += cut((f"  {plan.told_drift(key, field, names)}" for key, field in detail.not_ours), all_rows=all_rows)
    if detail.drift:
        lines += ["", f"Not touched: {count(len(detail.drift), 'thing')} that people changed by hand in Canvas:"]
        lines += cut((f"  {plan.told_drift(key, field, names)}" for key, field in detail.drift), all_rows=all_rows)
        lines += how_to_repair([key for key, _ in detail.drift])
    return [*lines, *_set_aside(detail, names, all_rows=all_rows)]


def _set_aside(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """People first, each once: those whom somebody must decide about, and those who cannot have an account; then single changes."""
    asked = {person_of(key): why for _, key, why in detail.aside if why.startswith("asked-") and why != "asked-changed"}
    impossible = {person_of(key): why for _, key, why in detail.aside if why.startswith("account-") and key not in asked}
    rest = [(key, why) for _, key, why in detail.aside if person_of(key) not in {**asked, **impossible} and why != "asked-changed"]
    others = [(key, why) for key, why in rest if why not in DECIDED]
    lines = _decided([(key, why) for key, why in rest if why in DECIDED], detail, names, all_rows=all_rows)
    if asked:
        lines += ["", f"Somebody must decide about {count(len(asked), 'person', 'people')}: ilc-canvas people review"]
        lines += cut((f"  {names[key]}: {why_asked(why)}" for key, why in sorted(asked.items())), all_rows=all_rows)
    if impossible:
        lines += ["", f"Cannot be given an account: {count(len(impossible), 'person', 'people')}."]
        lines += cut((f"  {told_aside(key, why, names)}" for key, why in sorted(impossible.items())), all_rows=all_rows)
    if others:
        lines += ["", f"Set aside: {count(len(others), 'change')}."]
        lines += (f"  {line}" for line in told_asides(others, names, all_rows=all_rows))
    return lines


def _decided(left: Sequence[tuple[Key, str]], detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """What stays undone because somebody decided so: by decision, who and why."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in left:
        each = detail.decision(key, why)
        groups[decision(each) if each else SAID[why].rstrip(".")].append(key)
    lines = ["", f"Left undone, as was decided: {count(len(left), 'change')}. See: ilc-canvas declined"] if left else []
    for who, keys in groups.items():
        lines += [f"  {count(len(keys), 'change')} {who}:", *cut((f"    {place_of(key, names)}" for key in keys), all_rows=all_rows)]
    return lines


def told_asides(rows: Sequence[tuple[Key, str]], names: Names, *, all_rows: bool) -> Iterator[str]:
    """Each reason once, with the people and things that it is about."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in rows:
        groups[why].append(key)
    alone = {why for why, keys in groups.items() if len(keys) == 1}
    yield from cut((told_aside(groups[why][0], why, names) for why in groups if why in alone), all_rows=all_rows)
    for why in (each for each in groups if each not in alone):
        told = told_why(why, names)
        yield f"{told[:1].upper()}{told[1:]}"
        yield from cut((f"  {place_of(key, names)}" for key in groups[why]), all_rows=all_rows)


def held_lines(detail: RunDetail, names: Names) -> list[str]:
    """Why a plan, or a part of it, waits for a person, and the command that permits it."""
    undo = detail.info.undo
    lines = []
    if detail.reasons:
        lines = [
            "",
            f"Held for a person: {count(len(detail.reasons), 'reason')}.",
            *(f"  {plan.told_reason(reason, names)}" for reason in detail.reasons),
        ]
    elif undo is None or not detail.steps:
        return _next(detail)
    command = "sync" if undo is None else f"undo {undo}"
    command += f" --approve {detail.info.digest}{_only(detail)}{repairing(detail)}"
    return [*lines, "To let exactly this happen:", f'  ilc-canvas {command} --reason "..."']


def _next(detail: RunDetail) -> list[str]:
    """How a plan that waits for nobody is carried out."""
    if detail.report is None or detail.report.status != "planned" or not detail.steps:
        return []
    why = ' --reason "..."' if repairing(detail) else ""
    return ["", f"To do it: ilc-canvas sync{_only(detail)}{repairing(detail)}{why}"]


def _only(detail: RunDetail) -> str:
    return "".join(f" --only {word}" for word in detail.info.only)
