"""A plan written like a letter to a colleague: counts, then each course, then what is left alone, what is held, and the next step."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ilc_canvas import clock
from ilc_canvas.cli.output import cut
from ilc_canvas.cli.runs.plans.plan_marks import Marks
from ilc_canvas.cli.runs.plans.who_hears import hearing_lines
from ilc_canvas.cli.runs.repair import how_to_repair, repairing
from ilc_canvas.reconcile.change import Change, Create, Remove, without_steps
from ilc_canvas.reconcile.deferral.declined import DECIDED
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.run.sentence import goes, parting, sentence
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views import content
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs import plan
from ilc_canvas.views.sentences import decision, deferral_text, deferred_text, heading, place_of, question_text


def plan_text(detail: RunDetail, names: Names, *, roster: str, all_rows: bool, marks: Mapping[str, str] | None = None) -> list[str]:
    """The plan of a run, in the order in which a colleague wants to read it; `roster` says which roster it is and who signed it.

    `marks` are words for single changes, by fingerprint.
    """
    changes = [step.change for step in detail.steps]
    lines = [title(detail, roster), ""]
    if not changes:
        lines += [f"  {sentence(detail.report)}"] if detail.report else []
    else:
        parts = [f"  {parting(detail.report)[:1].upper()}{parting(detail.report)[1:]}."] if detail.report and goes(detail.report) else []
        lines += [f"  {plan.counts(changes)}", f"  {plan.courses(changes)}", *parts, ""]
        lines += _by_course(changes, names, Marks(plan.with_more_rights(detail.reasons), marks or {}), all_rows=all_rows)
    return [*lines, *left_alone(detail, names, all_rows=all_rows), *held_lines(detail, names)]


def title(detail: RunDetail, roster: str) -> str:
    """What was compared, and when."""
    at = f", as of {clock.at(detail.info.planned_at)}" if detail.info.planned_at else ""
    return f"{roster} against Canvas ({detail.info.base_url}){at}"


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
            changes_shown = without_steps(groups[course])
            if not all_rows:
                lines += [f"  + {line}" for line in content.furnished(changes_shown)]
                changes_shown = content.without_furnished(changes_shown)
            lines += cut((f"  {plan.change_text(change, names)}{marks.of(change)}" for change in changes_shown), all_rows=all_rows)
            along = (line for change in changes_shown if isinstance(change, Remove) for line in plan.with_it(change, names))
            lines += cut((f"    {line}" for line in along), all_rows=all_rows)
    return lines


def left_alone(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """What the plan does not touch, and why: added or changed by hand, made by others, deferred."""
    lines = []
    if detail.by_hand:
        where = "; ".join(f"{number} in {place}" for place, number in plan.places_text(detail.by_hand, names))
        lines += ["", f"Not touched: {count(len(detail.by_hand), 'enrollment')} added by hand in Canvas ({where})."]
    if detail.not_ours:
        lines += ["", f"Not touched: {count(len(detail.not_ours), 'difference')} of accounts that others made:"]
        lines += cut((f"  {plan.drift_text(key, field, names)}" for key, field in detail.not_ours), all_rows=all_rows)
    if detail.drift:
        lines += ["", f"Not touched: {count(len(detail.drift), 'thing')} that people changed by hand in Canvas:"]
        lines += cut((f"  {plan.drift_line(detail, each, names)}" for each in detail.drift), all_rows=all_rows)
        lines += how_to_repair([key for key, _ in detail.drift])
        lines += ["  To look at each, and decide: ilc-canvas drift"]
    return [*lines, *_deferred_lines(detail, names, all_rows=all_rows)]


def _deferred_lines(detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """Declined changes; people who need a decision or cannot have an account, each once; then other deferred changes."""
    undecided = {person_of(key): why for _, key, why in detail.deferred if why.startswith("asked-") and why != "asked-changed"}
    impossible = {person_of(key): why for _, key, why in detail.deferred if why.startswith("account-") and key not in undecided}
    rest = [(key, why) for _, key, why in detail.deferred if person_of(key) not in {**undecided, **impossible} and why != "asked-changed"]
    others = [(key, why) for key, why in rest if why not in DECIDED]
    lines = _decided([(key, why) for key, why in rest if why in DECIDED], detail, names, all_rows=all_rows)
    if undecided:
        lines += ["", f"Somebody must decide about {count(len(undecided), 'person', 'people')}: ilc-canvas people review"]
        lines += cut((f"  {names[key]}: {question_text(why)}" for key, why in sorted(undecided.items())), all_rows=all_rows)
    if impossible:
        lines += ["", f"Cannot be given an account: {count(len(impossible), 'person', 'people')}."]
        lines += cut((f"  {deferred_text(key, why, names)}" for key, why in sorted(impossible.items())), all_rows=all_rows)
    if others:
        lines += ["", f"Left out for now: {count(len(others), 'change')}."]
        lines += (f"  {line}" for line in deferred_lines(others, names, all_rows=all_rows))
    return lines


def _decided(declined: Sequence[tuple[Key, str]], detail: RunDetail, names: Names, *, all_rows: bool) -> list[str]:
    """Changes left undone by a decision: for each decision who made it and why."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in declined:
        each = detail.decision(key, why)
        groups[decision(each) if each else SAID[why].rstrip(".")].append(key)
    lines = ["", f"Left undone by decision: {count(len(declined), 'change')}. See: ilc-canvas declined"] if declined else []
    for who, keys in groups.items():
        lines += [f"  {count(len(keys), 'change')} {who}:", *cut((f"    {place_of(key, names)}" for key in keys), all_rows=all_rows)]
    return lines


def deferred_lines(rows: Sequence[tuple[Key, str]], names: Names, *, all_rows: bool) -> Iterator[str]:
    """Each reason once, with the people and things that it concerns."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, why in rows:
        groups[why].append(key)
    alone = {why for why, keys in groups.items() if len(keys) == 1}
    yield from cut((deferred_text(groups[why][0], why, names) for why in groups if why in alone), all_rows=all_rows)
    for why in (each for each in groups if each not in alone):
        text = deferral_text(why, names)
        yield f"{text[:1].upper()}{text[1:]}"
        yield from cut((f"  {place_of(key, names)}" for key in groups[why]), all_rows=all_rows)


def held_lines(detail: RunDetail, names: Names) -> list[str]:
    """Who hears of a plan, why it, or part of it, waits for a person, and the command that approves it."""
    undo = detail.info.undo
    lines = hearing_lines(detail)
    if detail.reasons:
        lines += [
            "",
            f"Held for a person: {count(len(detail.reasons), 'reason')}.",
            *(f"  {plan.reason_text(reason, names)}" for reason in detail.reasons),
        ]
    elif undo is None or not detail.steps:
        return [*lines, *_next(detail)]
    command = "sync" if undo is None else f"undo {undo}"
    command += f" --approve {detail.info.digest}{_only(detail)}{repairing(detail)}"
    return [*lines, "To let exactly this happen:", f'  ilc-canvas {command} --reason "..."']


def _next(detail: RunDetail) -> list[str]:
    """How to apply a plan that needs no approval."""
    if detail.report is None or detail.report.status != "planned" or not detail.steps:
        return []
    why = ' --reason "..."' if repairing(detail) else ""
    return ["", f"To do it: ilc-canvas sync{_only(detail)}{repairing(detail)}{why}"]


def _only(detail: RunDetail) -> str:
    return "".join(f" --only {word}" for word in detail.info.only)
