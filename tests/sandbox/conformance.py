"""Plays a conformance case, a short conversation with a Canvas, against a real one or a stand-in."""

import json
import re
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.sandbox.matching import trouble

HERE = Path(__file__).parent / "cases"
AREAS = ("core", "edge", "journeys", "people", "content", "content-as-others", "journeys-content")
NAME = re.compile(r"\{([A-Za-z_]\w*)\}")
Case = dict[str, Any]
Step = dict[str, Any]


def cases(area: str) -> list[Case]:
    found: list[Case] = json.loads((HERE / f"{area}.json").read_text())["cases"]
    return found


def recording(area: str, case: Case) -> str:
    """Which recording a case belongs to: its area's, but for what was watched later in made-up courses with their people."""
    return "content2" if case["id"].startswith("content2-") else area


@dataclass(frozen=True)
class Exchange:
    """One answer: status, headers, text, and the JSON in it, if there is any."""

    status: int
    headers: dict[str, str]
    text: str
    body: Any

    def header(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), default)

    def links(self) -> dict[str, str]:
        """rel -> address, of the Link header."""
        return {rel: url for url, rel in re.findall(r'<([^>]+)>; *rel="([^"]+)"', self.header("Link"))}


@dataclass
class Client:
    """Speaks to one Canvas with one token; `wait` lets seconds go by for both."""

    base: str
    token: str
    wait: Callable[[float], None] = time.sleep

    def send(self, step: Step, url: str) -> Exchange:
        query = f"{'&' if '?' in url else '?'}{as_form(step['query'])}" if step.get("query") else ""
        body, headers = body_of(step)
        headers |= {"Accept": "application/json", **self.credentials(step.get("as", "admin")), **step.get("headers", {})}
        request = urllib.request.Request(url + query, data=body, headers=headers, method=step.get("do", "GET"))  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
                return exchange(reply.status, dict(reply.headers.items()), reply.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return exchange(refusal.code, dict(refusal.headers.items()), refusal.read())

    def credentials(self, who: str) -> dict[str, str]:
        token = {"admin": self.token, "bad": "not-a-token"}.get(who)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> Any:
        return self.send({}, self.base + path).body


def exchange(status: int, headers: dict[str, str], payload: bytes) -> Exchange:
    text = payload.decode("utf-8", "replace").removeprefix("while(1);")
    try:
        return Exchange(status, headers, text, json.loads(text))
    except ValueError:
        return Exchange(status, headers, text, None)


def as_form(fields: dict[str, Any]) -> str:
    return urlencode(fields, doseq=True)


def body_of(step: Step) -> tuple[bytes | None, dict[str, str]]:
    if "form" in step:
        return as_form(step["form"]).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if "json" in step:
        return json.dumps(step["json"]).encode(), {"Content-Type": "application/json"}
    return (step["raw"].encode(), {}) if "raw" in step else (None, {})


@dataclass
class Conversation:
    """A case while it is played: the names it has saved, the answers it got, and what was wrong first."""

    client: Client
    names: dict[str, Any]
    answers: list[Exchange] = field(default_factory=list)
    wrong: str | None = None

    def play(self, case: Case) -> None:
        for number, step in enumerate(case["steps"], 1):
            answer = self.patiently({key: self.filled(value) for key, value in step.items() if key != "save"})
            self.wrong = mismatch(self.filled(step.get("expect", {})), answer)
            if self.wrong:
                self.wrong = f"step {number}, {step.get('do', 'GET')} {step.get('path', 'next')}: {self.wrong}; {answer.text[:300]}"
                return
            self.names |= {name: dig(answer.body, place) for name, place in step.get("save", {}).items()}

    def patiently(self, step: Step) -> Exchange:
        """The answer to a step; one that says `until` is asked again until it is so, or its time is over."""
        url, until = self.address(step), step.get("until")
        if "sleep" in step:
            self.client.wait(step["sleep"])
        deadline = time.monotonic() + (until or {}).get("seconds", 0)
        answer = self.client.send(step, url)
        while until and trouble(until["json"], answer.body) and time.monotonic() < deadline:
            time.sleep(0.25)
            answer = self.client.send(step, url)
        self.answers.append(answer)
        return answer

    def address(self, step: Step) -> str:
        if "follow" in step:
            return self.answers[-1].links()[step["follow"]]
        return self.client.base + quote(step["path"], safe="/:?&=%[]~,")

    def filled(self, value: Any) -> Any:
        """The value with each {name} replaced; a text that is one {name} becomes the thing itself."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        if not isinstance(value, str):
            return value
        whole = NAME.fullmatch(value)
        if whole and whole[1] in self.names:
            return self.names[whole[1]]
        return NAME.sub(lambda found: str(self.names.get(found[1], found[0])), value)


def mismatch(expect: dict[str, Any], answer: Exchange) -> str | None:
    """What in the answer is not as expected."""
    statuses = expect.get("status", answer.status)
    if answer.status not in (statuses if isinstance(statuses, list) else [statuses]):
        return f"status {answer.status}, wanted {statuses}"
    headers = {name: value for name in expect.get("headers", {}) if (value := answer.header(name))}
    found = {"headers": headers, "json": answer.body, "text": answer.text}
    return trouble({key: want for key, want in expect.items() if key != "status"}, found)


def dig(value: Any, place: str) -> Any:
    for part in place.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def play(case: Case, client: Client) -> Conversation:
    """Play a case with names of its own, so that it can be played again and again on the same Canvas."""
    root, own = client.get("/api/v1/accounts/self")["id"], client.get("/api/v1/users/self")["id"]
    talk = Conversation(client, {"root": root, "self": own, "uniq": f"u{secrets.token_hex(4)}"})
    talk.play(case)
    return talk
