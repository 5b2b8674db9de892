"""What courses hold beside their people, in plain words."""

from collections import Counter
from collections.abc import Collection, Iterator

from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.kinds import kinds, plural
from ilc_canvas.reconcile.words.wording import count

FEW = 3
"""So many new things are listed one by one."""


def furnished(changes: Collection[Change]) -> Iterator[str]:
    """its pages: 8 discussions, 11 pages, 11 modules; nothing if there are only a few"""
    new = _new(changes)
    if len(new) > FEW:
        counts = Counter(change.key.kind for change in new)
        shown = (kind for kind in kinds(lambda rule: rule.is_content and not rule.is_detail) if counts[kind])
        yield f"its pages: {', '.join(count(counts[kind], kind.rule.noun, plural(kind)) for kind in shown)}"


def without_furnished(changes: Collection[Change]) -> list[Change]:
    """The changes that the line above does not speak of."""
    new = _new(changes)
    told = {id(change) for change in new} if len(new) > FEW else set()
    return [change for change in changes if id(change) not in told]


def _new(changes: Collection[Change]) -> list[Change]:
    """New content, and what is set along with it."""
    return [each for each in changes if each.key.rule.is_content and (isinstance(each, Create) or _is_set_up(each))]


def _is_set_up(change: Change) -> bool:
    """A menu entry or home page that we set for the first time."""
    return isinstance(change, Update) and change.key.rule.is_noted
