"""Jinja for the templates: sandboxed, strict, bounded, and with values whose characters mean nothing to Markdown or HTML."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from jinja2 import BaseLoader, FunctionLoader, StrictUndefined, Template, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from ilc_canvas.courses.rendering.budget import budget, counted, spend_characters, spend_round
from ilc_canvas.courses.rendering.render_error import rendering

BLOCKS = "blocks.jinja"
_FILTERS = (
    "capitalize", "count", "default", "first", "groupby", "last", "length", "list", "lower", "map", "reject", "rejectattr", "reverse",
    "select", "selectattr", "sort", "trim", "unique", "upper",
)  # fmt: skip
_LARGEST = 10**9
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BLANKS = re.compile(r"\s+")
_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "previtem", "nextitem"})


def inert(text: str) -> Markup:
    """Text in which no character means anything to Markdown or HTML."""
    return Markup(_PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", _BLANKS.sub(" ", text)))  # noqa: S704 - escaped here


def _printed(value: object) -> str:
    """What a value becomes in a text. Only words and numbers can stand there."""
    if isinstance(value, StrictUndefined):
        return str(value)  # which says what is missing
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SecurityError(f"{_kind(value)} cannot be written into a text")
    text = value if isinstance(value, Markup) else inert(str(value))
    spend_characters(len(text))
    return text


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "yes, no or nothing"
    return "a list" if isinstance(value, tuple | list) else "this value"


@pass_context
def _counted(_: Context, values: Iterable[object]) -> Iterable[object]:
    return counted(values)


@pass_context
def _joined(_: Context, values: Iterable[object], between: str = "") -> str:
    """Words with something between them; the words and what is between are escaped like any value."""
    return Markup(_printed(between)).join(_printed(each) for each in counted(values))  # noqa: S704 - each part is escaped


@pass_context
def _listed(_: Context, values: Iterable[object]) -> str:
    """a; a and b; a, b, and c"""
    words = [_printed(each) for each in counted(values)]
    if len(words) < 3:
        return Markup(" and ").join(words)
    return Markup(", ").join([*words[:-1], f"and {words[-1]}"])


class _Bounded(NodeTransformer):
    """Counts the rounds of every loop and what is put together with ~."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        """Other files cannot be used."""
        if isinstance(node, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
            raise TemplateSyntaxError("a text cannot take in another file; the blocks are known without that", node.lineno)
        return super().generic_visit(node, *args, **kwargs)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "join", [], [], None, None, lineno=node.lineno)


class TemplateEnvironment(SandboxedEnvironment):
    """Templates see values and the blocks, and can call nothing else."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, loader: BaseLoader, *, extensions: Iterable[Any] = ()) -> None:
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=True,
            finalize=_printed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=list(extensions),
        )
        self._compiled: dict[str, Template] = {}
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in _FILTERS} | {"counted": _counted, "join": _joined, "listed": _listed}

    def compiled(self, text: str) -> Template:
        """A template that is no file, such as a title: many courses have the same."""
        if text not in self._compiled:
            self._compiled[text] = self.from_string(text)
        return self._compiled[text]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        _Bounded().visit(template)  # in place
        return template

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002
        """Only the fields of our values, and what a loop says about itself."""
        if isinstance(obj, LoopContext):
            return attr in _LOOP
        return is_dataclass(obj) and attr in {each.name for each in fields(obj)}

    def is_safe_callable(self, obj: object) -> bool:
        """Only the blocks and other macros."""
        return isinstance(obj, Macro)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A macro, which costs a round."""
        spend_round()
        if isinstance(obj, Undefined):
            str(obj)  # says what is missing
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Whole numbers within bounds can be reckoned with, and nothing else."""
        if operator == "**" or type(left) is not int or type(right) is not int:
            raise SecurityError(f"{operator} is only for whole numbers; words are put together with ~")
        result = super().call_binop(context, operator, left, right)
        if abs(result) > _LARGEST:
            raise SecurityError("a number is too large")
        return result


def environment(sources: Mapping[str, str], *, extensions: Iterable[Any] = ()) -> TemplateEnvironment:
    """For templates by the names of their files; the macros of blocks.jinja are known in all of them."""

    def source(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], name, lambda: True) if name in sources else None

    made = TemplateEnvironment(FunctionLoader(source), extensions=extensions)
    with rendering(BLOCKS), budget():
        module = made.get_template(BLOCKS).module if BLOCKS in sources else None
    made.globals |= {name: macro for name, macro in vars(module).items() if isinstance(macro, Macro)} if module else {}
    return made
