"""What a plan is made from: the version, by name, of every document and everything else that goes into it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Version = int | str
"""A document's version number, or the digest of files."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Versions by name, sorted by name. Two plans are interchangeable only if their whole bases are equal."""

    pairs: tuple[tuple[str, Version], ...] = ()

    @classmethod
    def of(cls, versions: Mapping[str, Version]) -> "Basis":
        """The basis with these versions."""
        return cls(tuple(sorted(versions.items())))

    def get(self, name: str) -> Version | None:
        """The version of one input; None if the basis does not name it."""
        return dict(self.pairs).get(name)

    def as_json(self) -> dict[str, Version]:
        """As plain JSON values."""
        return dict(self.pairs)

    def without(self, name: str) -> "Basis":
        """The same basis without one input."""
        return Basis(tuple(pair for pair in self.pairs if pair[0] != name))

    def __str__(self) -> str:
        """roster version 4 and templates version 7f3c"""
        *rest, last = [f"{name} version {version}" for name, version in self.pairs] or [""]
        return f"{', '.join(rest)} and {last}" if rest else last


def differences(before: Basis, now: Basis, *, made: str = "the plan was made from") -> str:
    """In words, which versions have changed; empty if none have. `made` says what was based on the old ones."""
    return "; ".join(_differences(before.as_json(), now.as_json(), made))


def _differences(before: Mapping[str, Version], now: Mapping[str, Version], made: str) -> Iterator[str]:
    for name in sorted({*before, *now}):
        verb = "are" if name.endswith("s") else "is"
        if name not in now:
            yield f"the {name} {verb} gone, {made} version {before[name]}"
        elif name not in before:
            yield f"the {name} {verb} new, version {now[name]}"
        elif before[name] != now[name]:
            yield f"the {name} {verb} version {now[name]} now, {made} version {before[name]}"
