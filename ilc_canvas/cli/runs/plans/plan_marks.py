"""Marks at the ends of lines in a plan."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.reconcile.change import Change, fingerprint
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True)
class Marks:
    """Marks for changes that give somebody more rights, and for outcomes (`known`, by fingerprint)."""

    raised: Collection[Key]
    known: Mapping[str, str]

    def of(self, change: Change) -> str:
        """The mark for this change; usually empty."""
        words = ["needs approval: more rights than before"] if change.key in self.raised else []
        words += [self.known[fingerprint(change)]] if self.known and fingerprint(change) in self.known else []
        return f"   ← {'; '.join(words)}" if words else ""

    def of_all(self, changes: Sequence[Change]) -> str:
        """The mark for a line that summarizes all of these changes."""
        counts = Counter(self.known[name] for name in map(fingerprint, changes) if name in self.known) if self.known else Counter[str]()
        return f"   ← {', '.join(f'{number} {word}' for word, number in counts.items())}" if counts else ""
