"""What follows for each member of last year, with the decisions of people about what was doubtful; and the draft of a roster."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from ilc_canvas.program.people.intents import IntentDecision
from ilc_canvas.program.roster import Cop
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import ROSTER, Layout
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.intent.form import Answer
from ilc_canvas.roster.intent.judging import Judged
from ilc_canvas.roster.intent.prior import Member, Prior
from ilc_canvas.roster.reading import File, Row, read_table

Result = Literal["continue", "leave", "review", "guest", "no answer"]
REVIEW = Layout(
    "list of answers to decide about",
    ("file", "row", "person_id", "cops", "decision"),
    ("name", "email", "says", "region", "district", "team", "comment", "reasons"),
)
DECISIONS = ("continue", "leave", "guest")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A member, and what follows."""

    member: Member
    result: Result
    decided_by: tuple[Judged, ...]  # the answer that counts, or all that are doubtful


@dataclass(frozen=True, slots=True)
class Decided:
    """The answers after people's decisions, and what is wrong in these."""

    judged: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    decisions: tuple[IntentDecision, ...] = ()  # those of the list


def decide(judged: Sequence[Judged], file: File, prior: Prior, *, cops: Sequence[Cop], rules: ReadingRules) -> Decided:
    """The answers with the decisions of a filled-in list. A row without a decision stays to be decided; a wrong one is a finding."""
    waiting = {(each.answer.file, str(each.answer.row)): each for each in judged if each.outcome == "review"}
    members = {member.person_id: member for member in prior.members}
    findings: list[Finding] = []
    new: dict[tuple[str, str], IntentDecision] = {}
    for row in read_table(file, REVIEW, rules).rows:
        key = (row.cells["file"], row.cells["row"])
        if not row.cells["decision"]:
            continue
        before = len(findings)
        findings += _faults(row, waiting.get(key), members, codes={cop.code for cop in cops})
        if key in new:
            findings.append(row.at.error("row", row.cells["row"], "was decided in another row too.", fix="Keep one of them."))
        if len(findings) == before:
            new[key] = _decision(waiting[key], row)
    decisions = tuple(new.values())
    return Decided(apply(judged, decisions, prior), tuple(findings), decisions)


def apply(judged: Sequence[Judged], decisions: Iterable[IntentDecision], prior: Prior) -> tuple[Judged, ...]:
    """The answers with these decisions about those that are doubtful, in whatever file they stand."""
    by_answer = {each.answer: each for each in decisions}
    members = {member.person_id: member for member in prior.members}
    return tuple(_decided(each, by_answer.get(answer_id(each.answer)), members) for each in judged)


def answer_id(answer: Answer) -> str:
    """Names an answer by what it says, wherever it stands: 16 hex digits."""
    said = [str(answer.time), answer.email, answer.name, answer.continues, answer.region, answer.district, answer.team, answer.cops]
    return sha256("\0".join(said).encode()).hexdigest()[:16]


def _faults(row: Row, judged: Judged | None, members: Mapping[str, Member], *, codes: set[str]) -> Iterable[Finding]:
    at, cells = row.at, row.cells
    if judged is None:
        yield at.error(
            "row", cells["row"], "is not an answer that waits for a decision.", fix="Make the list again: the files have changed."
        )
    if cells["decision"] not in DECISIONS:
        yield at.error("decision", cells["decision"], "is not known here.", fix=f"Use one of {', '.join(DECISIONS)}, or leave it empty.")
    if cells["decision"] == "continue" and cells["person_id"] not in members:
        fix = "Write the id of last year's roster. Somebody new is added to the draft by hand."
        yield at.error("person_id", cells["person_id"], "was not a member last year." if cells["person_id"] else "is missing.", fix=fix)
    yield from _unknown_cops(at, cells["cops"], codes)


def _unknown_cops(at: At, written: str, codes: set[str]) -> Iterable[Finding]:
    for code in filter(None, written.split(";")):
        if code.strip() not in codes:
            yield at.error("cops", code, "is not a COP in the catalog.", fix="Write codes, several as EQ;ES.")


def _decision(judged: Judged, row: Row) -> IntentDecision:
    cops = tuple(code.strip() for code in row.cells["cops"].split(";") if code.strip())
    return IntentDecision(answer_id(judged.answer), row.cells["decision"], row.cells["person_id"], cops)


_OUTCOMES: Mapping[str, Literal["accept", "decline", "guest"]] = {"continue": "accept", "leave": "decline", "guest": "guest"}


def _decided(judged: Judged, decision: IntentDecision | None, members: Mapping[str, Member]) -> Judged:
    """An answer that is no longer doubtful, or whose member is not in this list, stays as it is."""
    if decision is None or judged.outcome != "review" or (decision.person_id and decision.person_id not in members):
        return judged
    member = members[decision.person_id] if decision.person_id else judged.member
    outcome = _OUTCOMES[decision.decision]
    return replace(judged, outcome=outcome, member=member, cops=decision.cops, notes=(*judged.notes, "a person decided"))


def resolve(judged: Sequence[Judged], prior: Prior) -> list[Resolved]:
    """Each member of last year once. RosterError if one continues and leaves at the same time."""
    by_member: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        if each.member and each.outcome in ("accept", "decline", "review", "guest"):
            by_member[each.member.person_id].append(each)
    return [_resolved(member, by_member.get(member.person_id, [])) for member in prior.members]


_RESULTS: Mapping[str, Result] = {"accept": "continue", "decline": "leave", "guest": "guest"}


def _resolved(member: Member, answers: Sequence[Judged]) -> Resolved:
    doubtful = [each for each in answers if each.outcome == "review"]
    if doubtful:
        return Resolved(member, "review", tuple(doubtful))
    if len({each.outcome for each in answers}) > 1:
        raise RosterError(f"Two answers of {member.person_id} were decided in different ways. Decide both alike, or leave one undecided.")
    last = max(answers, key=lambda each: each.answer.time.timestamp() if each.answer.time else 0, default=None)
    return Resolved(member, _RESULTS[last.outcome], (last,)) if last else Resolved(member, "no answer", ())


def counted(resolved: Iterable[Resolved]) -> Counter[Result]:
    """How many members there are of each result."""
    return Counter(each.result for each in resolved)


def draft(resolved: Iterable[Resolved]) -> list[dict[str, str]]:
    """The rows of a roster of those who continue, as far as it can be told: names are last year's, and what nobody said is empty."""
    return [_row(each.member, each.decided_by[0]) for each in resolved if each.result == "continue"]


def _row(member: Member, judged: Judged) -> dict[str, str]:
    known = {
        "person_id": member.person_id,
        "display_name": member.name,
        "email": member.email,
        "role_type": member.role_type,
        "affiliation": "continuing",
        "team_id": member.team_id,
        "team_name": member.team_name,
        "component": "network",
        "region": judged.region or member.region,
        "county": member.county,
        "cds_code": member.cds_code,
        "district": member.district,
        "local_association": "",
        "cop_participant": ";".join(judged.cops),
    }
    return {name: known.get(name, "") for name in ROSTER.names}
