"""Who must be decided about: the questions, and their accounts as Canvas shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ilc_canvas.program.deciding import Basis
from ilc_canvas.reconcile.accounts import Account, Found
from ilc_canvas.reconcile.errors import CanvasError, SettingsError
from ilc_canvas.reconcile.identity import Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import identities, ledger
from ilc_canvas.views import years


class Shown(Protocol):
    """An account as Canvas shows it to somebody who decides."""

    @property
    def account(self) -> Account:
        """Its name, logins and addresses."""

    @property
    def last_login(self) -> str | None:
        """ISO 8601; None if it has never been used, or Canvas does not say."""

    @property
    def courses(self) -> tuple[str, ...]:
        """SIS ids of our courses that it is active in."""

    @property
    def administrator(self) -> bool | None:
        """Whether it is an administrator's; None if that cannot be seen."""


Look = Callable[[Basis, Sequence[Question]], tuple[Found, Mapping[int, Shown]]]
"""All accounts of these questions as Canvas shows them now. SettingsError and CanvasError if it cannot be asked."""


@dataclass(frozen=True)
class Review:
    """Everything that is asked, with its accounts as Canvas shows them; if it could not be asked, why."""

    basis: Basis
    shown: Mapping[int, Shown] = field(default_factory=dict)
    unseen: str = ""

    @property
    def questions(self) -> list[Question]:
        """In order of key."""
        return sorted(self.basis.questions.values(), key=lambda question: question.key)

    @property
    def matched(self) -> list[Key]:
        """People of the roster who are held by an account that others made."""
        return sorted(key for key in self.basis.people if key in self.basis.ledger and self.basis.ledger[key].how == "matched")


def read_basis(settings: Settings, store: Store, at: datetime) -> Basis:
    """What the store knows, of all school years that are cared for. RosterError if no roster is finalized."""
    place = years.newest(settings, store)
    return Basis(
        settings.prefix,
        years.everybody(settings, store, at),
        {question.key: question for question in identities.open_questions(store, years.places(settings, store, at))},
        identities.decided(store, place),
        ledger.everything(store, place),
    )


def review(settings: Settings, store: Store, look: Look, *, at: datetime) -> Review:
    """The questions that the last plan or run has found. Without Canvas what the store knows of them."""
    basis = read_basis(settings, store, at)
    if not basis.questions:
        return Review(basis)
    try:
        found, shown = look(basis, list(basis.questions.values()))
    except (SettingsError, CanvasError) as error:
        return Review(basis, unseen=str(error))
    return Review(replace(basis, found=found), shown)
