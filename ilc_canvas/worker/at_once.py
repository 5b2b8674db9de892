"""Requests that a worker answers at once, without a run: the audit log, a test notice, an examination, a look at one person."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from ilc_canvas.program.names import user_key
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import chain
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.person_history import person_history
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views import years
from ilc_canvas.views.people.person import AskCanvas
from ilc_canvas.worker.examination import CheckResult
from ilc_canvas.worker.notices import send_trial

AT_ONCE = (RequestKind.VERIFY, RequestKind.TEST, RequestKind.DOCTOR, RequestKind.LOOK)
_Found = tuple[Mapping[Key, str] | None, str]  # a person's states by enrollment, or why they are not known


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """The result of a sync request for one school year, or of one that is no run."""

    result: str  # one sentence
    status: str = ""  # of its run; empty if it failed
    run: int | None = None
    details: str = ""  # JSON: what was found


@dataclass(frozen=True)
class AtOnce:
    """What a worker answers such requests with."""

    settings: Settings
    store: Store
    now: Callable[[], datetime]
    examine: Callable[[], Iterable[CheckResult]]
    ask: AskCanvas

    def fulfill(self, request: SyncRequest) -> Fulfilled:
        """Do what is asked for, and say what came of it. IlcError if it cannot be done."""
        if request.kind is RequestKind.VERIFY:
            return Fulfilled(verified(self.store), "verified")
        if request.kind is RequestKind.DOCTOR:
            return self._examined()
        if request.kind is RequestKind.LOOK:
            return self._looked(request.only[0].partition(":")[2])
        trials = send_trial(self.settings, self.now)
        return Fulfilled(" ".join(each.sentence for each in trials), "sent" if all(each.sent for each in trials) else "")

    def _examined(self) -> Fulfilled:
        checks = list(self.examine())
        wrong = [each.what for each in checks if not each.works]
        word = f"not all works, see {', '.join(dict.fromkeys(wrong))}" if wrong else "all works"
        told = f"{count(len(checks), 'check')}: {word}."
        return Fulfilled(told, "examined", details=dumps([asdict(each) for each in checks]))

    def _looked(self, person_id: str) -> Fulfilled:
        """What Canvas has of one person in each current school year."""
        user, found = user_key(self.settings.prefix, person_id), dict[str, _Found]()
        for year in years.current_years(self.settings, self.store, self.now()):
            canvas_scope = self.settings.canvas_scope(year)
            number = person_history(self.store, canvas_scope, user).number
            found[year] = self.ask(year, user, number=number)
        details = {year: (_by_name(states), error) for year, (states, error) in found.items()}
        return Fulfilled(" ".join(_seen(person_id, found)), "looked", details=dumps(details))


def _by_name(states: Mapping[Key, str] | None) -> Mapping[str, str] | None:
    return None if states is None else {str(key): state for key, state in states.items()}


def _seen(person_id: str, found: Mapping[str, _Found]) -> Iterable[str]:
    for year, (states, error) in found.items():
        if states is None:
            yield f"{year}: {error}"
        else:
            live = sum(state in key.rule.live for key, state in states.items())
            yield f"{year}: Canvas has {person_id} in {count(live, 'place')}, and {count(len(states) - live, 'place')} that ended."


def verified(store: Store) -> str:
    """That the audit log verifies; ChainError if it does not."""
    return f"The audit log of {count(chain.verify(store).count, 'event')} verifies."
