"""What is said behind the lines of a plan."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.reconcile.change import Change, fingerprint
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True)
class Marks:
    """That somebody gets more rights, and what became of a change: `known`, by fingerprint."""

    raised: Collection[Key]
    known: Mapping[str, str]

    def of(self, change: Change) -> str:
        """Behind the line of this change; mostly nothing."""
        words = ["needs a person's yes: more rights than before"] if change.key in self.raised else []
        words += [self.known[fingerprint(change)]] if self.known and fingerprint(change) in self.known else []
        return f"   ← {'; '.join(words)}" if words else ""

    def of_all(self, changes: Sequence[Change]) -> str:
        """Behind a line that stands for all of these."""
        counts = Counter(self.known[name] for name in map(fingerprint, changes) if name in self.known) if self.known else Counter[str]()
        return f"   ← {', '.join(f'{number} {word}' for word, number in counts.items())}" if counts else ""
