"""All that can be known about the office's texts before they are in a course: each finding with its file and line."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from jinja2 import TemplateSyntaxError

from ilc_canvas.courses.check import specimen
from ilc_canvas.courses.check.line_marks import marked_lines
from ilc_canvas.courses.check.names import name_faults
from ilc_canvas.courses.check.page_check import Text, text_findings
from ilc_canvas.courses.check.wording import without_comments, wording_faults
from ilc_canvas.courses.findings import Finding, errors
from ilc_canvas.courses.furnish import Furnishing, Piece, furnishings
from ilc_canvas.courses.rendering.environment import BLOCKS, TemplateEnvironment, environment
from ilc_canvas.courses.rendering.render import filled
from ilc_canvas.courses.rendering.render_error import RenderError
from ilc_canvas.courses.shelf import OUTLINE, Shelf, read_shelf
from ilc_canvas.courses.values.course_values import RosterValues
from ilc_canvas.courses.values.values import Office

PLACES = ("modules", "discussions", "calendar", "hub")
"""What links can lead to in every course, unless its tab is hidden."""
LONGEST = 255
"""Of a title in Canvas."""


def check(folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the texts in a folder; what is not even readable is told first, and alone."""
    reading = read_shelf(folder)
    found = {*reading.findings, *_wording(reading.shelf)}
    if not errors(reading.findings):
        found |= _Check(reading.shelf).findings
    return tuple(sorted(found))


def _wording(shelf: Shelf) -> Iterator[Finding]:
    """Words that age, and dates, in every file."""
    for file, text in shelf.files.items():
        if file != BLOCKS:
            comment = r"#.*" if file.endswith(OUTLINE) else r"(?!)"
            for number, line in enumerate(without_comments(text).split("\n"), start=1):
                for said, fix in wording_faults(re.sub(comment, "", line)):
                    yield Finding(file, number, f"{said}.", fix)


@dataclass(frozen=True)
class _Check:
    shelf: Shelf

    @cached_property
    def findings(self) -> set[Finding]:
        """Syntax and names first; texts are rendered only if those are right."""
        try:
            plain = environment(self.shelf.sources)
        except RenderError as error:
            return {_broken(error)}
        found = set(self._names(plain))
        return found or set(self._rendered())

    def _names(self, plain: TemplateEnvironment) -> Iterator[Finding]:
        for design in self.shelf.designs.values():
            for each in design.templates:
                yield from _named(plain, each.file, each.source, kind=design.kind, each=each.each)
        for tool in self.shelf.tools:
            yield from _named(plain, tool.file, tool.source, kind="tools", each="tool")

    def _rendered(self) -> Iterator[Finding]:
        """Every text of every specimen, with calendar, tools and an office that says all, and without any of these."""
        shelf = specimen.credited(self.shelf)
        files = sorted(shelf.sources)
        marked = environment(shelf.sources, extensions=[marked_lines(files)])
        bare = replace(shelf, tools=())
        for values in (
            RosterValues(specimen.roster(), specimen.calendar(), shelf, specimen.OFFICE),
            RosterValues(specimen.roster(), None, bare, Office()),
        ):
            made = list(furnishings(marked, values, year="ilc:check"))
            hub = _keys(made[-1])
            seen = _Seen()
            for each in made:
                yield from _course(each, files, hub=hub, seen=seen)


@dataclass(frozen=True)
class _Seen:
    """Texts that need not be looked at again, and files that have failed already."""

    texts: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


def _named(plain: TemplateEnvironment, file: str, source: str, *, kind: str, each: str) -> Iterator[Finding]:
    try:
        for line, (said, fix) in name_faults(plain, source, kind=kind, each=each):
            yield Finding(file, line, f"{said}.", fix)
    except TemplateSyntaxError as error:
        fix = "Write values as {{ cop.title }}, and blocks as {% call lead() %} ... {% endcall %}."
        yield Finding(file, error.lineno, f"this is not understood: {error.message}", fix)
    except RecursionError:
        yield Finding(file, 0, "this is nested too deeply.", "Make it simpler.")


def _keys(furnishing: Furnishing) -> frozenset[str]:
    try:
        return frozenset(f"{piece.template.kind}:{piece.key}" for piece in furnishing.pieces)
    except RenderError:
        return frozenset()


def _course(furnishing: Furnishing, files: list[str], *, hub: frozenset[str], seen: _Seen) -> Iterator[Finding]:
    """What is wrong with one course; a text that was `seen` in another course is not looked at again."""
    try:
        pieces = furnishing.pieces
        yield from _titles(furnishing, pieces)
    except RenderError as error:
        yield _broken(error)
        return
    here = _keys(furnishing) | {place for place in PLACES if place not in furnishing.design.outline.hidden}
    for piece in pieces:
        file = piece.template.file
        try:
            text = "" if file in seen.broken else filled(furnishing.environment, file, piece.values)
        except RenderError as error:
            seen.broken.add(file)
            yield _broken(error)
            continue
        if text and text not in seen.texts:
            seen.texts.add(text)
            yield from text_findings(Text(file, text, here, hub, files))


def _broken(error: RenderError) -> Finding:
    return Finding(error.file, error.line, error.why, "Correct it; a text can only say the values that there are, and use the blocks.")


def _titles(furnishing: Furnishing, pieces: list[Piece]) -> Iterator[Finding]:
    """Titles that are too long, or that Canvas would put under one address; and names of modules that are the same."""
    taken: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        title, file = furnishing.title(piece), piece.template.file
        yield from _title(file, title)
        other = taken.setdefault((piece.template.kind, slug(title)), piece)
        if other is not piece:
            text = f'the title "{title}" is too much like that of {other.template.file}: Canvas would rename one of them.'
            yield Finding(file, _line_of(furnishing.shelf, file), text, "Give each its own title.")
    outline, names = furnishing.design.outline, set[str]()
    for module in furnishing.modules:
        if module.name in names:
            yield Finding(outline.file, 0, f'two modules are called "{module.name}".', "Give each its own name.")
        names.add(module.name)
        yield from _title(outline.file, module.name)


def _title(file: str, title: str) -> Iterator[Finding]:
    if len(title) > LONGEST:
        yield Finding(file, 0, f"a title is longer than {LONGEST} characters.", "Make it shorter.")
    if not title:
        yield Finding(file, 0, "a title is empty.", "Write one.")
    if any(unicodedata.category(char) == "So" for char in title):
        yield Finding(file, 0, f'there is a picture in the title "{title}", which screen readers read out.', "Use words alone.")


def _line_of(shelf: Shelf, file: str) -> int:
    lines = shelf.files[file].split("\n")
    return next((number for number, line in enumerate(lines, start=1) if re.match(r"\s*title\s*=", line)), 0)


def slug(title: str) -> str:
    """The address that Canvas makes of a title: Cómo trabajamos becomes como-trabajamos."""
    letters = "".join(char for char in unicodedata.normalize("NFKD", title) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
