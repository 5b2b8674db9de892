"""The store read from outside, by a second connection and plain SQL: what is committed, and nothing else."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Written(NamedTuple):
    """An intent, or an outcome, as it stands in the audit log."""

    seq: int
    run: int
    key: str
    body: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Of the change that it is about."""
        return str(self.body["fingerprint"])


_OPEN = "kind = 'intended' AND NOT EXISTS (SELECT 1 FROM audit_event h WHERE h.intent = e.seq)"


class Books:
    """One SQLite file, read only."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, query: str, *given: object) -> list[Any]:
        """All rows of a question."""
        return self._connection.execute(query, given).fetchall()

    def _events(self, where: str, *given: object) -> list[Written]:
        found = self.rows(f"SELECT seq, run, key, body FROM audit_event e WHERE {where} ORDER BY seq", *given)  # noqa: S608
        return [Written(seq, run, key, json.loads(body)) for seq, run, key, body in found]

    def open_intents(self, key: str | None = None) -> list[Written]:
        """Intents without an outcome, of one key or of all."""
        return self._events(_OPEN) if key is None else self._events(f"{_OPEN} AND key = ?", key)

    def intents(self, run: int) -> list[Written]:
        """What a run intended."""
        return self._events("kind = 'intended' AND run = ?", run)

    def all_intents(self) -> list[Written]:
        """What all runs intended."""
        return self._events("kind = 'intended'")

    def owners(self) -> dict[int, str]:
        """Whose account each number is: the SIS id by which the ledger calls them."""
        found = self.rows("SELECT handle, key FROM ledger WHERE key LIKE 'user=%' AND handle IS NOT NULL")
        return {handle: key.removeprefix("user=") for handle, key in found}

    def outcomes(self) -> dict[int, list[Written]]:
        """All outcomes by the intent that they answer."""
        found: dict[int, list[Written]] = {}
        for intent, seq, run, key, body in self.rows("SELECT intent, seq, run, key, body FROM audit_event WHERE kind = 'happened'"):
            found.setdefault(intent, []).append(Written(seq, run, key, json.loads(body)))
        return found

    def last_run(self) -> int:
        """The newest run's number; 0 where there is none."""
        return int(self.rows("SELECT coalesce(max(number), 0) FROM run")[0][0])

    def planned(self, run: int) -> dict[str, str]:
        """Fingerprint -> course of each change of a run's plan."""
        return dict(self.rows("SELECT fingerprint, course FROM planned_change WHERE run = ?", run))

    def removals(self, run: int) -> set[str]:
        """The keys that a run planned to end."""
        return {key for (key,) in self.rows("SELECT key FROM planned_change WHERE run = ? AND verb = 'remove'", run)}

    def held_courses(self, run: int) -> list[str | None]:
        """For each reason of a run's verdict the course that it holds; None: the whole run."""
        return [course for (course,) in self.rows("SELECT course FROM run_reason WHERE run = ? AND code <> 'held-before'", run)]

    def held_singly(self, run: int) -> set[str]:
        """Keys of changes that a run held by themselves, since an earlier plan did."""
        return {
            key
            for (keys,) in self.rows("SELECT keys FROM run_reason WHERE run = ? AND code = 'held-before'", run)
            for key in json.loads(keys)
        }

    def unfinished(self) -> list[int]:
        """Runs that never ended."""
        return [number for (number,) in self.rows("SELECT number FROM run WHERE status = 'running'")]

    def was_planned(self, run: int) -> bool:
        """Whether a run got as far as a plan."""
        return bool(self.rows("SELECT 1 FROM run WHERE number = ? AND planned_at IS NOT NULL", run))

    def drift(self, run: int) -> set[str]:
        """Keys of which a run said that people had changed them."""
        found = self.rows("SELECT drift FROM run WHERE number = ?", run)
        return {key for (text,) in found for key, *_ in json.loads(text)}

    def deferred(self, run: int) -> set[str]:
        """Keys of changes that a run left out on purpose: parked ones, and what stands on them."""
        return {key for (text,) in self.rows("SELECT deferred FROM run WHERE number = ?", run) for _, key, _ in json.loads(text)}

    def asked(self) -> set[str]:
        """Keys of people about whom somebody must decide."""
        return {key for (key,) in self.rows("SELECT key FROM identity_question")}

    def ledger(self) -> dict[str, str]:
        """Key -> how it came to be ours."""
        return dict(self.rows("SELECT key, how FROM ledger"))
