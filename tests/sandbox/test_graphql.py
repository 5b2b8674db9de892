"""GraphQL: reading people by number."""

from typing import Any

import pytest

from tests.sandbox.conformance import Client, Exchange
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


def ask(sandbox: Sandbox, query: str) -> Exchange:
    return Client(sandbox.url, sandbox.token).send({"do": "POST", "json": {"query": query}}, f"{sandbox.url}/api/graphql")


def node(alias: str, ref: Any, fields: str = "_id name sortableName shortName sisId email") -> str:
    return f'{alias}: legacyNode(_id: "{ref}", type: User) {{ ... on User {{ {fields} }} }}'


def test_many_people_in_one_query(sandbox: Sandbox, admin: Person) -> None:
    """Each alias gets its person; unknown and merged-away numbers and SIS forms are null without an error."""
    ada, bob, cy = (admin.person(f"{name} X", name, f"{name}@mail.test", sis_user_id=f"S-{name}") for name in ("ada", "bob", "cy"))
    admin.ask("PUT", f"users/{cy}/merge_into/{bob}")
    aliases = {"a": ada, "c": cy, "d": 987654321, "s": "sis_user_id:S-ada"}
    answer = ask(sandbox, f"query People {{ {' '.join(node(alias, ref) for alias, ref in aliases.items())} }}")
    shown = {"_id": str(ada), "name": "ada X", "sortableName": "X, ada", "shortName": "ada X", "sisId": "S-ada", "email": "ada@mail.test"}
    assert (answer.status, answer.body) == (200, {"data": {"a": shown, "c": None, "d": None, "s": None}})


def test_hidden_fields_are_null(sandbox: Sandbox, admin: Person) -> None:
    """The same rights apply as in REST, but hidden fields are null."""
    user = admin.person("Ada", "ada", "ada@mail.test", sis_user_id="S-1")
    sandbox.deny("read_sis", "manage_sis", "read_email_addresses")
    assert ask(sandbox, f"{{ {node('u', user, 'name sisId email')} }}").body["data"]["u"] == {"name": "Ada", "sisId": None, "email": None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ user(id: "1") { _id } }', "Field 'user' doesn't exist on type 'Query'"),
        (f"{{ {node('u', 1, 'login')} }}", "Field 'login' doesn't exist on type 'User'"),
        ("", "No query string was present"),
        ("{ legacyNode(", "Unexpected end of document"),
        ("{ ?", "Parse error on '?'"),
    ],
)
def test_broken_query_is_200(sandbox: Sandbox, query: str, message: str) -> None:
    """Errors come with status 200 and without data; no field looks people up."""
    answer = ask(sandbox, query)
    assert (answer.status, list(answer.body)) == (200, ["errors"])
    assert [error["message"] for error in answer.body["errors"]] == [message]


def test_graphql_is_posted_only(sandbox: Sandbox) -> None:
    """GET is not a route."""
    assert Client(sandbox.url, sandbox.token).send({}, f"{sandbox.url}/api/graphql").status == 404
