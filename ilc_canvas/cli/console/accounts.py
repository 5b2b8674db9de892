"""console admin, console account"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.output import one_line, say

if TYPE_CHECKING:
    from ilc_canvas.store.people.accounts import Role

Name = Annotated[str, typer.Argument(help="The name that the audit log will show.", callback=one_line)]


def admin(name: Name) -> None:
    """Make an account for an administrator. Asks for a password, and shows the key for an authenticator once."""
    _make(name, ["admin"])


def account(
    name: Name,
    role: Annotated[list[str], typer.Option(help="viewer, coordinator, approver or admin; may be given several times.")],
) -> None:
    """Make an account in these roles. Asks for a password, and shows the key for an authenticator once."""
    _make(name, role)


def _make(name: str, words: Sequence[str]) -> None:
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.security import codes, passwords
    from ilc_canvas.reconcile.wording import count
    from ilc_canvas.store.people import accounts

    roles, secret = [_role(word) for word in words], codes.new_secret()
    with bootstrap.open_store(begin()) as store:
        password = typer.prompt(
            f"Password of {name} (at least {count(passwords.SHORTEST, 'character')})", hide_input=True, confirmation_prompt=True
        )
        hashed = passwords.hashed(password, name)
        made = accounts.add(store, name, roles, password=hashed, secret=secret, actor=process.actor(), at=process.now())
    say(
        f"{made.name} can sign in as {' and '.join(sorted(made.roles))}.",
        "Put this key into an authenticator; it is not shown again:",
        f"  {secret}",
        f"  {codes.uri_of(secret, made.name)}",
    )


def _role(word: str) -> "Role":
    from ilc_canvas.store.people.accounts import Role

    try:
        return Role(word)
    except ValueError as error:
        raise typer.BadParameter(f"There is no role {word!r}: {', '.join(Role)}. Nothing was changed.") from error
