"""The part of GraphQL that reads people by number: legacyNode, with any number of aliases."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people.users import as_json, email_key
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import User

TOKEN = re.compile(r'\s*(?:(\.\.\.|[{}():])|"((?:[^"\\]|\\.)*)"|([\w$!]+)|,)')
Show = Callable[[Call, User], Any]
USER_FIELDS: dict[str, Show] = {
    "_id": lambda _, user: str(user.id),
    "name": lambda _, user: user.name,
    "sortableName": lambda _, user: user.sortable_name,
    "shortName": lambda _, user: user.short_name,
    "sisId": lambda call, user: as_json(call, user).get("sis_user_id"),
    "integrationId": lambda call, user: as_json(call, user).get("integration_id"),
    "email": lambda call, user: email_key(call, user).get("email"),
}


@dataclass
class Field:
    """One field of a query; the name of a fragment is its type."""

    name: str
    alias: str
    arguments: dict[str, str] = field(default_factory=dict)
    inner: "list[Field]" = field(default_factory=list)


class QueryError(Exception):
    """A query that cannot be answered; the status is 200 nevertheless."""

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message)
        self.error = {"message": message, **more}


def answer(call: Call) -> Answer:
    try:
        asked = read(call.params.text("query") or "")
        return Answer({"data": {each.alias: root_field(call, each) for each in asked}})
    except QueryError as wrong:
        return Answer({"errors": [wrong.error]})


def root_field(call: Call, asked: Field) -> dict[str, Any] | None:
    """The person with this number; null for anybody who cannot be seen and for anything but a number."""
    if asked.name != "legacyNode":
        raise unknown(asked, "Query")
    fields = [each for inner in asked.inner for each in (inner.inner if inner.alias == "..." else [inner])]
    for each in fields:
        if each.name not in USER_FIELDS:
            raise unknown(each, "User")
    user = call.world.users.get(as_number(asked.arguments.get("_id", "")))
    if user is None or user.merged_into or asked.arguments.get("type") != "User":
        return None
    return {each.alias: USER_FIELDS[each.name](call, user) for each in fields}


def unknown(asked: Field, kind: str) -> QueryError:
    return QueryError(
        f"Field '{asked.name}' doesn't exist on type '{kind}'",
        locations=[{"line": 1, "column": 1}],
        path=["query", asked.name],
        extensions={"code": "undefinedField", "typeName": kind, "fieldName": asked.name},
    )


def read(query: str) -> list[Field]:
    """The fields of a query, with or without a keyword and a name before the first brace."""
    if not query.strip():
        raise QueryError("No query string was present")
    words = tokens(query)
    try:
        while next(words) != "{":
            pass
        return fields_of(words)
    except StopIteration:
        raise QueryError("Unexpected end of document", locations=[]) from None


def tokens(query: str) -> Iterator[str]:
    """Signs, names and strings; commas mean nothing, and a string keeps the quote before it."""
    place = 0
    while place < len(query.rstrip()):
        found = TOKEN.match(query, place)
        if found is None:
            raise QueryError(f"Parse error on {query[place:].lstrip()[:1]!r}", locations=[])
        place = found.end()
        sign, text, name = found.groups()
        if text is not None:
            yield f'"{text}'
        elif sign or name:
            yield sign or name


def fields_of(words: Iterator[str]) -> list[Field]:
    """The fields up to the closing brace."""
    found: list[Field] = []
    for word in words:
        if word == "}":
            return found
        if word == "{":
            found[-1].inner = fields_of(words)
        elif word == "(":
            found[-1].arguments = arguments_of(words)
        elif word == ":":
            found[-1].name = next(words)
        elif word == "...":
            next(words)  # on
            found.append(Field(next(words), "..."))
        else:
            found.append(Field(word, word))
    raise QueryError("Unexpected end of document", locations=[])


def arguments_of(words: Iterator[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in words:
        if name == ")":
            return found
        next(words)  # the colon
        found[name] = next(words).removeprefix('"')
    raise QueryError("Unexpected end of document", locations=[])
