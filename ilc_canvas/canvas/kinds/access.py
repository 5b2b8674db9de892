"""One Canvas, as the kinds of thing read and write it: its transport, what is ours there, and how that is reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.reach import Reach
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.errors import RefusedError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Fields, Key, Record
from ilc_canvas.reconcile.texts import Texts


@dataclass
class Access:
    """Remembers the numbers of what it has seen and made."""

    transport: Transport
    scope: Scope
    ending: str = "deactivate"  # or conclude: what removing an enrollment means
    handles: dict[Key, int] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)
    texts: Texts = field(default_factory=Texts)
    slugs: dict[Key, str] = field(default_factory=dict)  # by page: what its address ends with
    former: dict[Key, int] = field(default_factory=dict)  # by page: the number of its version before our last write
    courses: dict[Key, Fields] = field(default_factory=dict)  # as they were last seen or written

    @property
    def host(self) -> str:
        """Canvas's own address, which it puts before links to itself."""
        return self.transport.origin

    def post(self, path: str, **form: Any) -> Answer:
        """A create with an id of ours, which is not sent again after an unclear end."""
        return self.transport.call("POST", path, repeatable=False, **form)

    def made(self, after: Record, answer: Answer, sent: Mapping[str, Any], *, texts: Iterable[str] = ()) -> Answer:
        """The answer to a create, whose number is remembered; what was sent must be in it, `texts` perhaps in Canvas's own way."""
        row = answer.row
        number = row["id"]
        check_echo(after.key, sent, row, texts=dict.fromkeys(texts))
        self.handles[after.key] = number
        return answer

    def number_of(self, key: Key) -> int:
        """Canvas's number of something that was seen or made before; RefusedError if nobody knows it."""
        if key not in self.handles:
            raise RefusedError(f"Nobody knows the Canvas number of {key}.")
        return self.handles[key]

    def numbered(self, kind: Kind) -> dict[int, Key]:
        """What of a kind is ours, by number."""
        return {number: key for key, number in self.handles.items() if key.kind == kind}
