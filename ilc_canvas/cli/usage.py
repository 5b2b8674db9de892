"""Wrong usage in one sentence: everything that is missing is named at once."""

from typing import TYPE_CHECKING

from ilc_canvas.reconcile.words.wording import form, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer
    from typer.core import TyperArgument, TyperOption


def usage_text(error: "typer.TyperException") -> str:
    """What is wrong with the words that were typed."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if type(error).__name__ != "MissingParameter" or context is None or parameter is None:
        return error.format_message()
    missing = [each for each in context.command.get_params(context) if each.required and each.name not in context.params]
    parts = [_named(kind, [each for each in missing if each.param_type_name == kind]) for kind in ("argument", "option")]
    return f"Missing {' and '.join(filter(None, parts))}."


def _named(kind: str, missing: "Sequence[TyperArgument | TyperOption]") -> str:
    """options --teams, --cops, and --school-year"""
    words = [each.opts[0] if kind == "option" else (each.metavar or each.name or "").strip("[]").upper() for each in missing]
    return f"{form(len(words), kind)} {listed(words)}" if words else ""
