"""A text of the office as its file has it: a page or discussion, or a Tool for Practice."""

from dataclasses import dataclass
from typing import Literal

from ilc_canvas.courses.findings import Finding
from ilc_canvas.courses.outline import EACH
from ilc_canvas.courses.toml import Table
from ilc_canvas.courses.values.values import FileValue, ToolValue
from ilc_canvas.program.courses.content import Refresh
from ilc_canvas.reconcile.words.wording import listed

_FENCE = "+++"
_REFRESH: tuple[Refresh, ...] = ("pristine", "never")
_KINDS: tuple[Literal["page", "topic"], ...] = ("page", "topic")
_TOOL = ("title", "whom", "takes", "language", "authors", "version", "license")
_ALWAYS = ("title", "whom", "takes", "language")


@dataclass(frozen=True, slots=True)
class Template:
    """A page or topic: what its front matter says, and its text from line `first` of its file on."""

    file: str
    key: str
    title: str
    kind: Literal["page", "topic"]
    body: str
    first: int
    refresh: Refresh = "pristine"
    published: bool = True
    pinned: bool = False
    threaded: bool = True
    each: str = ""  # meeting or tool: there is one for each

    @property
    def source(self) -> str:
        """The text, with empty lines in place of the front matter, so that lines have their numbers."""
        return in_place(self.body, self.first)


@dataclass(frozen=True, slots=True)
class Tool:
    """A Tool for Practice: its value, but for the text, which is a template."""

    file: str
    value: ToolValue
    body: str
    first: int

    @property
    def credited(self) -> bool:
        """Whether it names its authors, version and license: only then it is published."""
        return bool(self.value.authors and self.value.version and self.value.license)

    @property
    def source(self) -> str:
        """The text, with empty lines in place of the front matter."""
        return in_place(self.body, self.first)


def in_place(body: str, first: int) -> str:
    """A text whose lines have the numbers that they have in their file, each with its line break."""
    return "\n" * (first - 1) + body.rstrip("\n") + "\n"


def read_template(file: str, text: str, findings: list[Finding]) -> Template | None:
    """A page or topic; what is wrong with it goes to the findings, and None comes back if it cannot be used at all."""
    table, body, first = front_matter(file, text)
    template = Template(
        file,
        table.key("key"),
        table.text("title", required=True),
        "topic" if table.word("kind", allowed=_KINDS, default="page") == "topic" else "page",
        body,
        first,
        refresh="never" if table.word("refresh", allowed=_REFRESH, default="pristine") == "never" else "pristine",
        published=table.flag("published", default=True),
        pinned=table.flag("pinned", default=False),
        threaded=table.flag("threaded", default=True),
        each=table.word("each", allowed=EACH),
    )
    table.done()
    findings += table.findings
    return None if table.broken or not template.key else template


def read_tool(file: str, text: str, findings: list[Finding]) -> Tool | None:
    """A tool, in the same way. One without its credit is a warning."""
    table, body, first = front_matter(file, text)
    key = table.key("key")
    words = {name: table.text(name, required=name in _ALWAYS) for name in _TOOL}
    value = ToolValue(key=f"tool-{key}", files=tuple(_file(each) for each in table.tables("files")), **words)
    tool = Tool(file, value, body, first)
    table.done()
    findings += table.findings
    if table.broken or not key:
        return None
    if not tool.credited:
        missing = listed([name for name in ("authors", "version", "license") if not words[name]], "or")
        fix = "Ask its authors, then fill it in: credit must stay with a tool."
        findings.append(Finding(file, table.line, f"this tool has no {missing}, so it is not published.", fix, "warning"))
    return tool


def _file(table: Table) -> FileValue:
    words = {name: table.text(name, required=True) for name in ("name", "url", "kind", "size")}
    if words["url"] and not words["url"].startswith(("https://", "http://")):
        table.find("url", "the address of a file must begin with https://.", "Give the address under which the file can be opened.")
    table.done()
    return FileValue(**words)


def front_matter(file: str, text: str) -> tuple[Table, str, int]:
    """The TOML between two lines of +++, the text below it, and the number of its first line."""
    lines = text.split("\n")
    ends = [at for at, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(ends) < 2 or ends[0]:
        table = Table(file, 1, {}, [], broken=True)
        fix = f"Begin with a line of {_FENCE}, then key and title, then another such line."
        table.findings.append(Finding(file, 1, "the front matter is missing.", fix))
        return table, text, 1
    return Table.read(file, "\n".join(lines[1 : ends[1]]), start=1), "\n".join(lines[ends[1] + 1 :]), ends[1] + 2
