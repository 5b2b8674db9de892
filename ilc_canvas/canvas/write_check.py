"""The echo check: what Canvas answers to a write is compared with what was sent, as far as the kind says that the answer proves it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from ilc_canvas.canvas.records import instant
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.state import Key

_SIS_RIGHT = "SIS Data - manage (manage_sis)"
_NONE: Mapping[str, Any] = MappingProxyType({})
_FOLDED = ("login_id", "email")
_TIMES = ("start_at", "end_at")


class DroppedError(MissingRightError):
    """Canvas drops what the token may not set, with status 200 (live-server 2.3)."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


@contextmanager
def naming_right(right: str) -> Iterator[None]:
    """A refusal of a write, loud or silent, says which right to ask for."""
    try:
        yield
    except DroppedError as error:
        ask = _SIS_RIGHT if error.name.startswith("sis_") else right
        text = f'{error} Ask the Canvas administrator for "{ask}". The run stopped at this first write of its kind.'
        raise DroppedError(text, error.name) from error
    except MissingRightError as error:
        raise MissingRightError(f'{error} Ask the Canvas administrator for "{right}".') from error


def check_echo(key: Key, sent: Mapping[str, Any], answer: Mapping[str, Any], *, texts: Mapping[str, Any] = _NONE) -> None:
    """DroppedError where a key of the answer is not what was sent; a key that the answer lacks says nothing, but for a SIS id.

    `texts` are fields that Canvas may write in its own way, with what they were before: one that is neither that nor empty was taken,
    whatever it is now. What this says names keys only: the values may be names and addresses.
    """
    for name, value in sent.items():
        if name in answer and (_same(name, value, answer[name]) or _is_rewritten(name, answer, texts)):
            continue
        if name in answer or name.startswith("sis_"):
            raise DroppedError(f"Canvas silently dropped {name} of {key}: this token lacks a right.", name)


def _is_rewritten(name: str, answer: Mapping[str, Any], texts: Mapping[str, Any]) -> bool:
    return name in texts and bool(answer[name]) and answer[name] != texts[name]


def _same(name: str, sent: Any, got: Any) -> bool:
    if name in _TIMES:
        return instant(sent) == instant(got)
    if name in _FOLDED and isinstance(got, str):
        return bool(str(sent).casefold() == got.casefold())
    return bool(sent == got)
