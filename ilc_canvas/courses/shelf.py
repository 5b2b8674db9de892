"""The templates of all courses, read once from a folder: a frozen value with a digest, or findings with file and line."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ilc_canvas.courses.findings import Finding, errors
from ilc_canvas.courses.outline import Outline, read_outline
from ilc_canvas.courses.page import Template, Tool, read_template, read_tool
from ilc_canvas.courses.rendering.environment import BLOCKS
from ilc_canvas.courses.structure import structure_faults
from ilc_canvas.reconcile.errors import TemplateError

COURSES = ("cop", "network", "pilot", "hub")
TOOLS = "tools"
OUTLINE = "outline.toml"
MOST_BYTES = 200_000
"""Of one file."""
MOST_FILES = 500
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Design:
    """All templates of one kind of course."""

    kind: str
    outline: Outline
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every template. The digest names all files by content; `files` has them as they are in the folder."""

    digest: str
    files: Mapping[str, str]
    designs: Mapping[str, Design]
    tools: tuple[Tool, ...]

    @property
    def sources(self) -> dict[str, str]:
        """What Jinja reads, by the names of files."""
        texts = {each.file: each.source for design in self.designs.values() for each in design.templates}
        return {BLOCKS: self.files.get(BLOCKS, ""), **texts, **{tool.file: tool.source for tool in self.tools}}


@dataclass(frozen=True, slots=True)
class Reading:
    """The shelf, with what is wrong: errors keep it from being used."""

    shelf: Shelf
    findings: tuple[Finding, ...]


def require_shelf(folder: Path) -> Shelf:
    """The shelf. TemplateError, with the first findings, if it cannot be used."""
    reading = read_shelf(folder)
    wrong = errors(reading.findings)
    if wrong:
        raise TemplateError("\n".join(["The texts of the courses cannot be used. Nothing was done.", *map(str, wrong[:_SHOWN])]))
    return reading.shelf


def read_shelf(folder: Path) -> Reading:
    """All files in the folder and what is wrong with any of them, as far as that shows without values."""
    files, findings = _files(folder)
    designs = {kind: design for kind in COURSES if (design := _design(kind, files, findings))}
    tools = tuple(tool for file in sorted(files) if _is_text(file, TOOLS) and (tool := read_tool(file, files[file], findings)))
    findings += [*_strangers(files), *_tools_twice(tools)]
    if BLOCKS not in files:
        findings.append(Finding(BLOCKS, 0, "it is missing.", "Put it back: it holds the blocks that pages are made of."))
    return Reading(Shelf(_digest(files), files, designs, tools), tuple(sorted(set(findings))))


def _digest(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name].encode())}\0{files[name]}".encode())
    return digest.hexdigest()


def _files(folder: Path) -> tuple[dict[str, str], list[Finding]]:
    """Every file by its name below the folder; links are not followed, and hidden files are nobody's."""
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    paths = sorted(path for path in folder.rglob("*") if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    for path in paths[:MOST_FILES]:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            findings.append(Finding(name, 0, "it is a link to another place.", "Put the file itself here."))
        elif path.is_file():
            text = _text(path)
            if text is None:
                findings.append(Finding(name, 0, "it holds no text in UTF-8, or too much of it.", "Save it as UTF-8."))
            else:
                texts[name] = text
    if len(paths) > MOST_FILES:
        findings.append(Finding(folder.name, 0, f"it holds more than {MOST_FILES} files.", "Name the folder of the texts of courses."))
    return texts, findings


def _text(path: Path) -> str | None:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n") if len(data) <= MOST_BYTES and b"\0" not in data else None
    except UnicodeDecodeError:
        return None


def _is_text(file: str, folder: str) -> bool:
    return file.startswith(f"{folder}/") and file.endswith(".md") and file.count("/") == 1


def _strangers(files: Mapping[str, str]) -> Iterator[Finding]:
    known = {BLOCKS, *(f"{kind}/{OUTLINE}" for kind in COURSES)}
    for file in files:
        if file not in known and not any(_is_text(file, folder) for folder in (*COURSES, TOOLS)):
            yield Finding(file, 0, "nothing reads this file.", f"Texts are files .md in {', '.join(COURSES)} or {TOOLS}.", "warning")


def _tools_twice(tools: tuple[Tool, ...]) -> Iterator[Finding]:
    first: dict[str, Tool] = {}
    for tool in tools:
        other = first.setdefault(tool.value.key, tool)
        if other is not tool:
            yield Finding(tool.file, 2, f"it has the key of {other.file}.", "Give each tool its own key.")


def _design(kind: str, files: Mapping[str, str], findings: list[Finding]) -> Design | None:
    file = f"{kind}/{OUTLINE}"
    if file not in files:
        findings.append(Finding(file, 0, "it is missing.", "Every kind of course needs an outline."))
        return None
    outline, found = read_outline(file, files[file])
    findings += found
    texts = [read_template(name, files[name], findings) for name in sorted(files) if _is_text(name, kind)]
    if outline is None:
        return None
    templates = tuple(each for each in texts if each)
    findings += structure_faults(kind, outline, templates)
    return Design(kind, outline, templates)
