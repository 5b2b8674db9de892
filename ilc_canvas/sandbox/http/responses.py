"""An answer before it becomes bytes."""

import json
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Any

JSON_TYPE = "application/json; charset=utf-8"


@dataclass
class Answer:
    """Status, headers and a JSON body, or a text in its place; unmetered answers carry no throttle headers, costless ones no cost."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    content_type: str = JSON_TYPE
    metered: bool = True
    costless: bool = False

    def payload(self, *, string_ids: bool = False) -> bytes:
        if self.text is not None:
            return self.text.encode()
        return json.dumps(with_string_ids(self.body) if string_ids else self.body, ensure_ascii=False).encode()


def etag(payload: bytes) -> str:
    return f'W/"{blake2s(payload, digest_size=16).hexdigest()}"'


def with_string_ids(value: Any, key: str = "") -> Any:
    """The same value with every id as text, as a caller gets it who asks for canvas-string-ids."""
    if isinstance(value, dict):
        return {name: with_string_ids(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_string_ids(inner, key.removesuffix("s")) for inner in value]
    if type(value) is int and (key == "id" or key.endswith("_id")):
        return str(value)
    return value
