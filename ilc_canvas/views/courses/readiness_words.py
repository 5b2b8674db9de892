"""What keeps a course from being ready to open, in words."""

from ilc_canvas.program.courses.readiness import Gap
from ilc_canvas.reconcile.kinds import plural
from ilc_canvas.reconcile.state import EnrollmentKey
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.views.names import Names
from ilc_canvas.views.sentences import about, deferral_text

LISTED = 5


def gap_text(gap: Gap, names: Names) -> str:
    """What is missing, why, whose move it is, and what to do."""
    about = f"{_things(gap)}: {_listed(gap, names)}"
    texts = {
        "not-made": "is not there yet",
        "no-facilitator": "has no facilitator in the roster. The office's move: add one, then import it",
        "by-hand": f"{about}: ended, deleted or not accepted in Canvas. Look and decide: {Next.DRIFT}",
        "conflict": f"{about}: changed both by hand and by the program. The office's move: {Next.DRIFT}",
        "invited": "somebody in it is only invited, and opening it would mail them. Ask them to accept, or remove them in Canvas",
        "missing": f"{about}: missing",
        "different": f"{about}: not as roster and calendar have it",
    }
    return f"{texts[gap.code]}{_why(gap, names)}"


def _why(gap: Gap, names: Names) -> str:
    if gap.code not in ("not-made", "missing", "different"):
        return ""
    if not gap.reason:
        return f". The next sync does it, or its plan waits for approval: {Next.PLAN}"
    text = deferral_text(gap.reason, names)
    return f". {text[:1].upper()}{text[1:]}"


def _things(gap: Gap) -> str:
    kinds = {key.kind for key in gap.keys}
    if all(key.rule.is_placement for key in gap.keys):
        people = len({EnrollmentKey.of(key).user for key in gap.keys})
        return count(people, "person", "people")
    if len(kinds) > 1:
        return count(len(gap.keys), "thing")
    (kind,) = kinds
    return count(len(gap.keys), kind.rule.noun, plural(kind))


def _listed(gap: Gap, names: Names) -> str:
    every = list(dict.fromkeys(names[about(key)] for key in gap.keys))
    return f"{', '.join(every[:LISTED])}{', ...' if len(every) > LISTED else ''}"
