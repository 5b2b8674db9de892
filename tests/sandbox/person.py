"""Somebody who speaks to a Canvas, with the words that many tests need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.conformance import Client, Exchange
from tests.sandbox.process import TOKEN


@dataclass(frozen=True)
class Person:
    """Sends requests below /api/v1 with a token."""

    url: str
    token: str = TOKEN

    def ask(self, method: str, path: str, form: dict[str, Any] | None = None, **step: Any) -> Exchange:
        sent = {"do": method, **({"form": form} if form else {}), **step}
        return Client(self.url, self.token).send(sent, f"{self.url}/api/v1/{path}")

    def get(self, path: str, **step: Any) -> Exchange:
        return self.ask("GET", path, **step)

    def make(self, path: str, **fields: Any) -> Any:
        """POST these fields, in the group that the path's last word means, and give what was made."""
        group = {"courses": "course", "sections": "course_section", "terms": "enrollment_term", "sub_accounts": "account"}
        group["enrollments"] = "enrollment"
        name = group[path.rpartition("/")[2]]
        answer = self.ask("POST", path, {f"{name}[{key}]": value for key, value in fields.items()})
        assert answer.status == 200, answer.text
        return answer.body

    def course(self, **fields: Any) -> int:
        """A published course."""
        made = self.ask("POST", "accounts/1/courses", {"course[name]": "Equity", "offer": "true", **grouped("course", fields)})
        assert made.status == 200, made.text
        return int(made.body["id"])

    def user(self, login: str, **pseudonym: Any) -> int:
        """A registered person named Ada Lovelace."""
        form = {"user[name]": "Ada Lovelace", "user[skip_registration]": "true", "pseudonym[unique_id]": login}
        made = self.ask("POST", "accounts/1/users", form | grouped("pseudonym", pseudonym))
        assert made.status == 200, made.text
        return int(made.body["id"])

    def person(self, name: str, login: str, address: str = "", *, confirmed: bool = True, **pseudonym: Any) -> int:
        """A registered person of any name, with an address if one is given."""
        channel = {"address": address, "skip_confirmation": str(confirmed).lower()} if address else {}
        form = {"user[name]": name, "user[skip_registration]": "true", "pseudonym[unique_id]": login}
        made = self.ask("POST", "accounts/1/users", form | grouped("pseudonym", pseudonym) | grouped("communication_channel", channel))
        assert made.status == 200, made.text
        return int(made.body["id"])

    def login(self, user: int, unique_id: str, **more: Any) -> int:
        """A further login of a person."""
        made = self.ask("POST", "accounts/1/logins", {"user[id]": user, **grouped("login", {"unique_id": unique_id, **more})})
        assert made.status == 200, made.text
        return int(made.body["id"])

    def found(self, words: str, place: int = 1, query: Mapping[str, str] | None = None) -> list[int]:
        """The people whom a search finds, in its order."""
        answer = self.get(f"accounts/{place}/users", query={"search_term": words, **(query or {})})
        assert answer.status == 200, answer.text
        return [row["id"] for row in answer.body]

    def enroll(self, course: int | str, user: int | str, **fields: Any) -> Exchange:
        form = {"user_id": user, "type": "StudentEnrollment", "enrollment_state": "active", **fields}
        return self.ask("POST", f"courses/{course}/enrollments", grouped("enrollment", form))


def grouped(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}[{key}]": value for key, value in fields.items()}
