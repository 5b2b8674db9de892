"""Whether an answer is what a case expects: a literal, a subset of an object, or an object of $operators."""

import json
import re
from collections.abc import Callable
from typing import Any

KINDS: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "str": str,
    "bool": bool,
    "null": type(None),
    "list": list,
    "dict": dict,
    "float": float,
}


def trouble(want: Any, got: Any, at: str = "$") -> str | None:
    """The first place where `got` is not what is wanted, in words; None if all is well."""
    if isinstance(want, dict) and any(key.startswith("$") for key in want):
        wrong = [key for key, argument in want.items() if not OPERATORS[key](argument, got)]
        return f"{at}: wanted {brief(want)}, got {brief(got)}" if wrong else None
    if isinstance(want, dict) and isinstance(got, dict):
        return first(in_member(inner, got, key, at=at) for key, inner in want.items())
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return first(trouble(inner, got[i], f"{at}[{i}]") for i, inner in enumerate(want))
    return None if same(want, got) else f"{at}: wanted {brief(want)}, got {brief(got)}"


def in_member(want: Any, got: dict[str, Any], key: str, *, at: str) -> str | None:
    if isinstance(want, dict) and "$absent" in want:
        return f"{at}.{key}: wanted absent, got {brief(got[key])}" if key in got else None
    return trouble(want, got[key], f"{at}.{key}") if key in got else f"{at}.{key}: missing from {sorted(got)}"


def first(found: Any) -> str | None:
    return next((text for text in found if text), None)


def same(want: Any, got: Any) -> bool:
    """Equal, and not a number for a text or a flag for a number."""
    kinds = {type(want), type(got)}
    return bool(want == got) and (len(kinds) == 1 or kinds == {int, float})


def brief(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:300]


def is_kind(names: str | list[str], got: Any) -> bool:
    wanted = names.split("|") if isinstance(names, str) else names
    return any(isinstance(got, KINDS[name]) and (name == "bool" or not isinstance(got, bool)) for name in wanted)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$any": lambda _, got: True,  # noqa: ARG005
    "$absent": lambda _, got: False,  # noqa: ARG005
    "$type": is_kind,
    "$match": lambda pattern, got: isinstance(got, str) and re.search(pattern, got) is not None,
    "$in": lambda choices, got: got in choices,
    "$contains": lambda want, got: isinstance(got, list) and any(trouble(want, item) is None for item in got),
    "$len": lambda length, got: hasattr(got, "__len__") and len(got) == length,
    "$not": lambda want, got: trouble(want, got) is not None,
}
