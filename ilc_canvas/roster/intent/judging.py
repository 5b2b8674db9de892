"""What each answer means: one outcome for each, with its reasons. What is doubtful waits for a person; nothing is guessed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ilc_canvas.program.roster import Cop
from ilc_canvas.roster.intent import fields
from ilc_canvas.roster.intent.districts import Directory, county_key
from ilc_canvas.roster.intent.form import Answer, Export
from ilc_canvas.roster.intent.prior import Member, Prior

Outcome = Literal["accept", "decline", "review", "guest", "superseded", "duplicate", "blank", "test"]
MOST_COPS = 3
_YES, _NO = ("yes", "yes, i will continue"), ("no", "no, i will not continue")
_TEST = re.compile(r"test(?: test)*")


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and what becomes of it."""

    answer: Answer
    outcome: Outcome
    member: Member | None = None
    reasons: tuple[str, ...] = ()  # why a person must look
    notes: tuple[str, ...] = ()  # what was filled in from elsewhere
    region: str = ""
    district_cds: str = ""
    cops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What answers are judged by."""

    prior: Prior
    directory: Directory
    counties: Mapping[str, str]  # region by county
    cops: Sequence[Cop]
    deadline: datetime  # answers after it wait for a person


def judge(exports: Sequence[Export], rules: Rules) -> list[Judged]:
    """All answers in the order of files and rows. A file that is given twice changes nothing."""
    answers = [answer for export in {export.file.sha256: export for export in exports}.values() for answer in export.answers]
    judged = {id(answer): _alone(answer, rules) for answer in answers}
    for answer in _copies(answers):
        judged[id(answer)] = replace(judged[id(answer)], outcome="duplicate")
    _compare([each for each in judged.values() if each.outcome not in ("duplicate", "blank", "test")], judged)
    return [judged[id(answer)] for answer in answers]


def _copies(answers: Sequence[Answer]) -> list[Answer]:
    """Answers that stand in several exports: the one in the export that goes on longest counts."""
    last: defaultdict[str, float] = defaultdict(float)
    for answer in answers:
        last[answer.file] = max(last[answer.file], answer.time.timestamp() if answer.time else 0)
    groups: defaultdict[tuple[object, ...], list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.time and not answer.is_blank:
            groups[answer.time, answer.email.strip().casefold(), fields.name_key(answer.name)].append(answer)
    kept = {id(max(group, key=lambda each: (last[each.file], -each.row))) for group in groups.values()}
    return [answer for group in groups.values() for answer in group if id(answer) not in kept]


def _compare(candidates: Iterable[Judged], judged: dict[int, Judged]) -> None:
    """Several answers of one person or of one address: the later one counts, unless it is not clear whose they are."""
    by_address: defaultdict[str, list[Judged]] = defaultdict(list)
    by_name: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in candidates:
        written = fields.address(each.answer.email)
        if written:
            by_address[written].append(each)
        if each.member:
            by_name[each.member.person_id].append(each)
    for same in by_address.values():
        if len({each.member.person_id if each.member else "" for each in same}) > 1:
            _review(same, "several people gave this address", judged)
        else:
            _latest(same, judged)
    for same in by_name.values():
        if len({fields.address(each.answer.email) for each in same}) > 1:
            _review(same, "one person answered with several addresses", judged)


def _review(answers: Iterable[Judged], reason: str, judged: dict[int, Judged]) -> None:
    for each in answers:
        now = judged[id(each.answer)]
        if now.outcome != "superseded":
            judged[id(each.answer)] = replace(now, outcome="review", reasons=(reason, *now.reasons))


def _latest(same: Sequence[Judged], judged: dict[int, Judged]) -> None:
    """An answer after the deadline does not take the place of an earlier one by itself."""
    in_time = [each for each in same if each.answer.time and "came after the deadline" not in each.reasons]
    for each in sorted(in_time, key=lambda one: one.answer.time.timestamp() if one.answer.time else 0)[:-1]:
        judged[id(each.answer)] = replace(each, outcome="superseded")


def _alone(answer: Answer, rules: Rules) -> Judged:
    """An answer without regard to others."""
    if answer.is_blank:
        return Judged(answer, "blank")
    if _TEST.fullmatch(fields.folded(answer.name)) and "test" in answer.email.casefold():
        return Judged(answer, "test")
    member, doubt = _member(answer, rules.prior)
    says = fields.folded(answer.continues).rstrip(".")
    reasons = [doubt] if doubt else []
    if answer.time is None:
        reasons.append("has no time that can be read")
    elif answer.time > rules.deadline:
        reasons.append("came after the deadline")
    if says.startswith("no,") and "guest" in says:
        codes, _ = fields.cops(answer.cops, rules.cops)
        return Judged(answer, "guest", member, cops=codes)
    if says in _NO:
        return Judged(answer, "review" if reasons else "decline", member, tuple(reasons))
    if says not in _YES:
        reasons.append(f'says "{answer.continues}"' if says else "does not say whether the person continues")
    return _place(Judged(answer, "review", member, tuple(reasons)), rules)


def _member(answer: Answer, prior: Prior) -> tuple[Member | None, str]:
    """The member whose address it is, unless the name is another member's; without a known address the name is only a hint."""
    written = fields.address(answer.email)
    key = fields.name_key(answer.name)
    named = prior.by_name.get(key, ())
    member = prior.by_email.get(written)
    if member:
        other = bool(named) and member not in named
        return (named[0], "the address is another member's") if other and len(named) == 1 else (member, "")
    hint = named[0] if len(named) == 1 else None
    if not answer.email.strip():
        return hint, "has no e-mail address"
    if not written:
        return hint, "does not have one e-mail address that can be used"
    return hint, "has an address that last year's roster does not know" if hint else "was not a member last year"


def _place(judged: Judged, rules: Rules) -> Judged:
    """Region, district, team, and COPs of somebody who may continue."""
    answer, member = judged.answer, judged.member
    reasons, notes = list(judged.reasons), list[str]()
    district = _district(judged, rules, reasons=reasons, notes=notes)
    region = _region(judged, rules, reasons=reasons, notes=notes)
    team = fields.folded(answer.team)
    if member and team in rules.prior.teams - {fields.folded(member.team_name)}:
        reasons.append("names another team than last year's")
    elif member and team and team != fields.folded(member.team_name):
        notes.append("the team is last year's")
    codes, unknown = fields.cops(answer.cops, rules.cops)
    reasons += [f'names a COP that is not in the catalog: "{title}"' for title in unknown]
    if len(codes) > MOST_COPS:
        reasons.append(f"chose {len(codes)} COPs, and the limit is {MOST_COPS}")
    if member:
        leads = {cop.code for cop in rules.cops if member.person_id in cop.facilitator_ids}
        codes = tuple(code for code in codes if code not in leads)
    outcome: Outcome = "review" if reasons else "accept"
    found = (tuple(reasons), tuple(notes))
    return replace(judged, outcome=outcome, reasons=found[0], notes=found[1], region=region, district_cds=district, cops=codes)


def _district(judged: Judged, rules: Rules, *, reasons: list[str], notes: list[str]) -> str:
    """Its code; last year's if none is written."""
    answer, member = judged.answer, judged.member
    before = member.cds_code[:7] if member else ""
    if not answer.district:
        notes.append("the district is last year's")
        return before.ljust(14, "0") if before else ""
    found = rules.directory.find(answer.district, answer.county)
    if len(found) != 1:
        reasons.append("the district may be several" if found else "the district is not in the directory")
        return ""
    if before and found[0].code[:7] != before:
        reasons.append("the district is not last year's")
    return found[0].code


def _region(judged: Judged, rules: Rules, *, reasons: list[str], notes: list[str]) -> str:
    """As written, unless the county is in another one; the county's if it cannot be read."""
    answer, member = judged.answer, judged.member
    by_county = {county_key(county): number for county, number in rules.counties.items()}
    written, expected = fields.region(answer.region), by_county.get(county_key(answer.county), "")
    if written and expected and written != expected:
        reasons.append(f"says Region {written}, and the county is in Region {expected}")
    if not written:
        notes.append("the region is the county's" if expected else "the region is last year's")
    return written or expected or (member.region if member else "")


def counted(judged: Iterable[Judged]) -> Counter[Outcome]:
    """How many answers have each outcome."""
    return Counter(each.outcome for each in judged)
