"""Whether the values that a template names are there, in every branch and not only in those that were tried."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from jinja2 import nodes

from ilc_canvas.courses.check.survival import Fault
from ilc_canvas.courses.rendering.environment import TemplateEnvironment
from ilc_canvas.courses.toml import near
from ilc_canvas.courses.values import values
from ilc_canvas.courses.values.course_values import KNOWN

_TYPES: Mapping[str, Any] = {
    "year": str,
    "office": values.Office,
    "hub_url": str,
    "tools": tuple[values.ToolValue, ...],
    "meetings": tuple[values.MeetingValue, ...],
    "joint": tuple[values.MeetingValue, ...],
    "zone": str,
    "meeting": values.MeetingValue,
    "cop": values.CopValue,
    "facilitators": tuple[values.PersonValue, ...],
    "region": str,
    "teams": tuple[values.TeamValue, ...],
    "staff": tuple[values.PersonValue, ...],
    "team": values.TeamValue,
    "members": tuple[values.PersonValue, ...],
    "cops": tuple[values.CopValue, ...],
    "networks": tuple[values.NetworkValue, ...],
    "months": tuple[values.MonthValue, ...],
    "tool": values.ToolValue,
}
_JINJA = frozenset({"loop", "caller", "varargs", "kwargs"})
Scope = Mapping[str, Any]


def name_faults(environment: TemplateEnvironment, source: str, *, kind: str, each: str) -> Iterator[tuple[int, Fault]]:
    """Every value that is not there, with its line. A template that is not repeated for each meeting or tool has none of these."""
    scope = {name: _TYPES[name] for name in KNOWN[kind] if name not in ("meeting", "tool") or name == each}
    tree = environment.parse(source)
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")} | {
        node.name for node in tree.find_all(nodes.Macro)
    }
    yield from _inside(tree, {**dict.fromkeys([*environment.globals, *own, *_JINJA]), **scope})


def _inside(node: nodes.Node, scope: Scope) -> Iterator[tuple[int, Fault]]:
    if isinstance(node, nodes.For):
        yield from _inside(node.iter, scope)
        item = _element(_type(node.iter, scope))
        scope = {**scope, **({node.target.name: item} if isinstance(node.target, nodes.Name) else {})}
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _inside(child, scope)
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
        yield (
            node.lineno,
            (f"there is no value {node.name} here", f"Use one of these: {', '.join(_shown(scope))}.{near(node.name, list(scope))}"),
        )
    if isinstance(node, nodes.Getattr):
        of = _type(node.node, scope)
        if is_dataclass(of) and node.attr not in (names := [each.name for each in fields(of)]):
            yield node.lineno, (f"{_word(node.node)} has no {node.attr}", f"It has these: {', '.join(names)}.{near(node.attr, names)}")
    for child in node.iter_child_nodes():
        yield from _inside(child, scope)


def _shown(scope: Scope) -> list[str]:
    return sorted(name for name, of in scope.items() if of is not None)


def _word(node: nodes.Node) -> str:
    return node.name if isinstance(node, nodes.Name) else node.attr if isinstance(node, nodes.Getattr) else "this"


def _type(node: nodes.Node, scope: Scope) -> Any:
    """What an expression is, as far as that is known; None if not."""
    if isinstance(node, nodes.Filter) and node.name in ("counted", "sort", "reverse", "selectattr", "rejectattr", "list", "unique"):
        return _type(node.node, scope) if node.node else None
    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if isinstance(node, nodes.Getattr):
        of = _type(node.node, scope)
        return _hints(of).get(node.attr) if isinstance(of, type) else None
    return None


@cache
def _hints(of: type) -> Mapping[str, Any]:
    return {name: _required(hint) for name, hint in get_type_hints(of).items()}


def _required(hint: Any) -> Any:
    """Without None."""
    return next(each for each in get_args(hint) if each is not NoneType) if isinstance(hint, UnionType) else hint


def _element(of: Any) -> Any:
    return get_args(of)[0] if get_origin(of) is tuple else None
