"""Why a change is deferred, and what is in its way."""

from ilc_canvas.cli.names import Names
from ilc_canvas.reconcile.blocked import cause_of
from ilc_canvas.reconcile.said import SAID, in_the_way
from ilc_canvas.reconcile.state import Key, course_of


def told_why(why: str, names: Names) -> str:
    """Why a change is deferred, as a sentence: what is in the way, if something is, what happened to that, and what to do."""
    code, key = cause_of(why)
    if key is None:
        return SAID.get(why, why)
    return f"{key.rule.noun.capitalize()} {_called(key, names)} {in_the_way(code, key.rule.noun)}"


def _called(key: Key, names: Names) -> str:
    course = course_of(key)
    within = f" of {names[course]}" if course and course != key else ""
    return f'"{names[key]}"{within}'
