"""What is particular to a kind of document that people sign."""

from dataclasses import dataclass

from ilc_canvas.reconcile.errors import IlcError


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document: it has versions, one draft at a time, and in each school year one version that is finalized."""

    name: str  # in the tables, in audit events, in a basis and in commands
    error: type[IlcError]  # how it is refused

    def refused(self, text: str) -> IlcError:
        """The error with this sentence, which begins with a capital letter."""
        return self.error(text[:1].upper() + text[1:])
