"""What goes wrong when a template is rendered, at its line."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError

from ilc_canvas.reconcile.errors import TemplateError


class RenderError(TemplateError):
    """A template cannot be rendered; `line` is where, as far as that is known."""

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {why}")
        self.file, self.line, self.why = file, line, why


@contextmanager
def rendering(file: str) -> Iterator[None]:
    """Turns whatever a template does wrong into a RenderError."""
    try:
        yield
    except TemplateSyntaxError as error:
        raise RenderError(error.name or file, error.lineno, f"this is not understood: {_said(error)}") from error
    except JinjaError as error:
        raise RenderError(file, _line(file, error.__traceback__), _said(error)) from error
    except RecursionError as error:
        raise RenderError(file, _line(file, error.__traceback__), "this never ends.") from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, MemoryError) as error:
        raise RenderError(file, _line(file, error.__traceback__), f"this does not work: {error}.") from error


def _said(error: JinjaError) -> str:
    text = (error.message or type(error).__name__).rstrip(".")
    return f"{text}."


def _line(file: str, trace: TracebackType | None) -> int:
    """The last line of this file that was being rendered; 0 if there is none."""
    line = 0
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
