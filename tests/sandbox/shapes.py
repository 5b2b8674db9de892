"""The shape of an answer: its status, content type, Link relations, and every key with the kind of its value."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sandbox.conformance import Exchange

HERE = Path(__file__).parent / "shapes"
OPEN = {"permissions", "stack_trace", "parameters", "last_run", "can_be_enabled", "usage_rights"}  # their keys are data
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def known_shapes(area: str) -> dict[str, list[Any]]:
    """Case id -> the shapes that a real Canvas gave, step by step; null where it does not always give the same."""
    stored = json.loads((HERE / f"{area}.json").read_text())
    shapes = stored["shapes"]
    return {case: [None if number is None else shapes[number] for number in numbers] for case, numbers in stored["cases"].items()}


def shape_of(exchange: Exchange) -> dict[str, Any]:
    return {
        "status": exchange.status,
        "type": exchange.header("Content-Type", "").partition(";")[0],
        "links": sorted(exchange.links()),
        "body": shape(exchange.body),
    }


def shape(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {} if key in OPEN else {name: shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    if isinstance(value, str):
        return "time" if INSTANT.fullmatch(value) else "str"
    return "null" if value is None else type(value).__name__


def differences(want: Any, got: Any, at: str = "$") -> Iterator[str]:
    """Where two shapes differ; null against a value does not count, since only the data differ there."""
    if isinstance(want, dict) and isinstance(got, dict):
        if at.rpartition(".")[2] in OPEN:
            return
        for key in sorted(want.keys() | got.keys()):
            if key in want and key in got:
                yield from differences(want[key], got[key], f"{at}.{key}")
            else:
                yield f"{at}.{key}: {'missing' if key in want else 'not in the answer of Canvas'}"
    elif isinstance(want, list) and isinstance(got, list) and want and got and isinstance(want[0], dict):
        yield from differences(want[0], got[0], f"{at}[0]")
    elif want != got and "null" not in (want, got):
        yield f"{at}: {want} in Canvas, here {got}"
