"""Parameters as Rails reads them: a[b][c]=x and a[]=x from a query or a form, or the same tree from JSON."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from ilc_canvas.sandbox.http import errors

Tree = dict[str, Any]
TRUE = {"true", "1", "t", "on", "yes", "y"}
FALSE = {"", "false", "0", "f", "off"}


class Params:
    """One level of the tree. Lists and groups sent where a text belongs are silently dropped."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __contains__(self, name: str) -> bool:
        return name in self._tree and not isinstance(self._tree[name], (dict, list))

    @property
    def names(self) -> set[str]:
        """Everything sent on this level, groups and lists too."""
        return set(self._tree)

    def group(self, name: str) -> "Params":
        """The parameters below `name`; a bare text in their place breaks Canvas."""
        inner = self._tree.get(name) or {}
        if not isinstance(inner, dict):
            raise errors.occurred(500, "internal_server_error", report=1)
        return Params(inner)

    def groups(self, name: str) -> list["Params"]:
        """The groups of name[0][..], name[1][..] in the order sent, whatever they are called, or of a list of groups in JSON."""
        inner = self._tree.get(name)
        found = list(inner.values()) if isinstance(inner, dict) else inner if isinstance(inner, list) else []
        return [Params(item) for item in found if isinstance(item, dict)]

    def text(self, name: str) -> str | None:
        value = self._tree.get(name)
        return value if isinstance(value, str) else None

    def with_text(self, name: str, value: str) -> "Params":
        """The same parameters with another text in one place."""
        return Params({**self._tree, name: value})

    def flag(self, name: str) -> bool:
        return (self.text(name) or "").lower() in TRUE

    def many(self, name: str) -> list[str]:
        """The values of name[]; a bare name=x is not a list."""
        value = self._tree.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def any_of(self, name: str) -> list[str]:
        """The values of name[] or of a bare name=x."""
        bare = self.text(name)
        return self.many(name) if bare is None else [bare]


def loose_flag(text: str | None) -> bool | None:
    """A flag as the database reads it: empty is null, and anything but a known 'no' counts as yes."""
    return None if not text else text.lower() not in FALSE


def read_query(query: str) -> Tree:
    """The tree of a query; bytes that are no UTF-8 crash before Canvas sees them."""
    try:
        return grow(pairs(query))
    except UnicodeDecodeError:
        raise errors.crash() from None


def read_body(content_type: str, body: bytes) -> Tree:
    """The tree of a request body; anything but a form or a JSON object counts as empty."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {"application/json", "application/vnd.api+json"}:
        return read_json(body)
    if kind not in {"", "application/x-www-form-urlencoded"}:
        return {}
    try:
        return grow(pairs(body.decode()))
    except UnicodeDecodeError:
        raise errors.occurred(500, "internal_server_error", report=1) from None


def read_json(body: bytes) -> Tree:
    try:
        found = as_text(json.loads(body)) if body.strip() else {}
    except ValueError:
        raise errors.crash() from None
    return found if isinstance(found, dict) else {}


def as_text(value: Any) -> Any:
    """JSON values as the texts that a form would have carried; null stays null."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


def pairs(encoded: str) -> list[tuple[str, str]]:
    found = [part.partition("=") for part in encoded.split("&") if part]
    return [(decoded(key), decoded(value)) for key, _, value in found]


def decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode()


def grow(found: Iterable[tuple[str, str]]) -> Tree:
    tree: Tree = {}
    for key, value in found:
        first, rest = re.match(r"([^\[]*)(.*)", key, re.DOTALL).groups()  # type: ignore[union-attr]
        place(tree, [first or key, *re.findall(r"\[([^\]]*)\]", rest)], value)
    return tree


def place(tree: Tree, path: list[str], value: str) -> None:
    """Put a value at its place; a text where a group or list must go crashes before Canvas sees it."""
    name, rest = path[0], path[1:]
    if not rest:
        tree[name] = value
        return
    inner = tree.setdefault(name, [] if rest[0] == "" else {})
    if not isinstance(inner, list if rest[0] == "" else dict):
        raise errors.crash()
    if isinstance(inner, dict):
        place(inner, rest, value)
    elif len(rest) == 1:
        inner.append(value)
    else:
        place_in_last(inner, rest[1:], value)


def place_in_last(groups: list[Any], path: list[str], value: str) -> None:
    """a[][b]: into the last group, or into a new one when that has the key already."""
    if not groups or not isinstance(groups[-1], dict) or path[0] in groups[-1]:
        groups.append({})
    place(groups[-1], path, value)


def holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(holds_nul(inner) for inner in value.values())
    if isinstance(value, list):
        return any(holds_nul(inner) for inner in value)
    return isinstance(value, str) and "\0" in value
