"""Number formats that make a cell look other than what it holds: 00000 shows 7 as 00007, and "ILC-"0000 as ILC-0007."""

import re
import zipfile
from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from ilc_canvas.roster.files.package import unreadable

_STYLES = "xl/styles.xml"
_PADDED = re.compile(r'(?:"([^"]*)"|((?:\\.)*))(0{2,})(?:;.*)?')


def padded_styles(name: str, archive: zipfile.ZipFile) -> Mapping[str, tuple[str, int]]:
    """By the number of a cell's style: the text before the digits, and how many digits are shown. RosterError if it cannot be read."""
    if _STYLES not in archive.namelist():
        return {}
    reader = _Reader()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    try:
        parser.Parse(archive.read(_STYLES), True)
    except (ExpatError, ValueError) as error:
        raise unreadable(name) from error
    found = ((number, _PADDED.fullmatch(reader.codes.get(code, ""))) for number, code in enumerate(reader.styles))
    return {str(number): (match[1] or (match[2] or "").replace("\\", ""), len(match[3])) for number, match in found if match}


class _Reader:
    """Follows the elements of the styles."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.styles: list[str] = []
        self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rpartition(":")[2]
        if tag == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            self.styles.append(attributes.get("numFmtId", ""))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag.rpartition(":")[2] == "cellXfs":
            self._in_cells = False
