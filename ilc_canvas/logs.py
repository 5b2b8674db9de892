"""The log: readable lines on a terminal, JSON elsewhere; no token, no local variables, no text of an exception that nobody expected."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import ExcInfo

from ilc_canvas.reconcile.errors import UnforeseenError
from ilc_canvas.reconcile.words.hints import Words
from ilc_canvas.reconcile.words.plain import plain

_TOKEN = re.compile(r"\d+~[A-Za-z0-9]{20,}")
_HIDDEN = "[token]"


def set_up_log(token: str = "", level: str = "info", *, words: Words = str) -> None:
    """Readable lines on a terminal, JSON elsewhere, on stderr; libraries and crashes go the same way. No values of ours, no token.

    `words` puts hints into words.
    """
    sys.excepthook = _crashed
    redact = _redactor(token, words)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_places),
        redact,
    ]
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_plain, redact, last]))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("canvasapi", "urllib3", "alembic", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def set_up_screen(words: Words) -> None:
    """For a command that a person runs: no log, but what it warns of in a sentence is said on stderr."""
    logging.basicConfig(handlers=[_Screen(words)], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class _Screen(logging.Handler):
    """The sentence of a warning; what has none is for a log alone."""

    def __init__(self, words: Words) -> None:
        super().__init__(logging.WARNING)
        self._words = words

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        if isinstance(record.msg, dict) and (text := record.msg.get("text")):
            sys.stderr.write(f"Warning: {plain(self._words(text))}\n")


def trace(error: Exception, **keys: object) -> None:
    """One line for an error that nobody foresaw, with the places that it came through; nothing for any other."""
    if isinstance(error, UnforeseenError) and not error.logged:
        error.logged = True
        structlog.get_logger(__name__).error("unforeseen", text=str(error), exc_info=error.__cause__, **keys)


def _places(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """An error by its kind and the places that it came through. Its text may hold what it was about: a name, an address."""
    found = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)(exc_info)
    kept = ("exc_type", "is_cause", "frames")
    return [{name: each[name] for name in kept} for each in found]


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw is one line of the log like all else."""
    logging.getLogger("ilc_canvas").critical("crashed", exc_info=(kind, error, trace))


def _plain(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(None, "", event)


def _redactor(token: str, words: Words) -> structlog.typing.Processor:
    def hide(value: Any) -> Any:
        if isinstance(value, str):
            return plain(_TOKEN.sub(_HIDDEN, words(value.replace(token, _HIDDEN) if token else value)))
        if isinstance(value, Mapping):
            return {key: hide(inner) for key, inner in value.items()}
        return [hide(inner) for inner in value] if isinstance(value, list | tuple) else value

    def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: value if key.startswith("_") else hide(value) for key, value in event.items()}

    return redact
