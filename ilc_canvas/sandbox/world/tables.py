"""Where records lie: tables found by number and by SIS id, and indexes from one record to many."""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from ilc_canvas.sandbox.world.records import Record, SisRecord

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=SisRecord)
K = TypeVar("K", bound=Hashable)


class Table(Generic[R]):
    """Records of one kind by number; numbers only go up. The first record can have a number outside the range."""

    def __init__(self, first: int, *, founder: int | None = None) -> None:
        self._first, self._next = first, founder or first
        self._rows: dict[int, R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __getitem__(self, number: int) -> R:
        return self._rows[number]

    def get(self, number: int | None) -> R | None:
        return None if number is None else self._rows.get(number)

    def add(self, make: Callable[[int], R]) -> R:
        """Keep the record that `make` builds for the next number."""
        row = make(self._next)
        self._next = max(self._next + 1, self._first)
        self._rows[row.id] = row
        return row

    def put(self, row: R) -> R:
        """Keep this record in place of the one with its number."""
        self._rows[row.id] = row
        return row


class SisTable(Table[S]):
    """Records that are found by SIS id and integration id as well, deleted ones included."""

    def __init__(self, first: int, *, founder: int | None = None) -> None:
        super().__init__(first, founder=founder)
        self._by_sis: dict[str, int] = {}
        self._by_integration: dict[str, int] = {}

    def add(self, make: Callable[[int], S]) -> S:
        row = super().add(make)
        sis_id, integration_id = row.sis_id, row.integration_id
        row.sis_id = row.integration_id = None
        self.set_sis(row, sis_id)
        self.set_integration(row, integration_id)
        return row

    def by_sis(self, sis_id: str | None) -> S | None:
        return self.get(self._by_sis.get(sis_id)) if sis_id else None

    def by_integration(self, integration_id: str | None) -> S | None:
        return self.get(self._by_integration.get(integration_id)) if integration_id else None

    def set_sis(self, row: S, sis_id: str | None) -> None:
        if row.sis_id:
            del self._by_sis[row.sis_id]
        row.sis_id = sis_id or None
        if row.sis_id:
            self._by_sis[row.sis_id] = row.id

    def set_integration(self, row: S, integration_id: str | None) -> None:
        if row.integration_id:
            del self._by_integration[row.integration_id]
        row.integration_id = integration_id or None
        if row.integration_id:
            self._by_integration[row.integration_id] = row.id


class Index(Generic[K]):
    """From one key to many numbers, in order of arrival."""

    def __init__(self) -> None:
        self._numbers: dict[K, dict[int, None]] = {}

    def add(self, key: K, number: int) -> None:
        self._numbers.setdefault(key, {})[number] = None

    def remove(self, key: K, number: int) -> None:
        self._numbers.get(key, {}).pop(number, None)

    def of(self, key: K) -> list[int]:
        return list(self._numbers.get(key, ()))
