"""console admin, console account, console renew, console link, console unlink"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.output import one_line, say

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.people.accounts import Role

Name = Annotated[str, typer.Argument(help="The name that the audit log will show.", callback=one_line)]

Subject = Annotated[str, typer.Argument(help="Whom the school's sign-in means: its subject.", callback=one_line)]

Network = Annotated[bool, typer.Option("--network", help="The name is one that the proxy in front of the console gives.")]


def admin(name: Name) -> None:
    """Make an account for an administrator. Asks for a password, and shows the key for an authenticator once."""
    _make(name, ["admin"])


def account(
    name: Name,
    role: Annotated[list[str], typer.Option(help="viewer, coordinator, approver or admin; may be given several times.")],
    school: Annotated[str, typer.Option(help="Whom the school's sign-in means (its subject): an account without a password.")] = "",
) -> None:
    """Make an account in these roles. Asks for a password, and shows the key for an authenticator once; with --school neither."""
    if not school:
        _make(name, role)
        return
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.people import identities

    settings, roles = begin(), [_role(word) for word in role]
    issuer = _issuer(settings)
    with bootstrap.open_store(settings) as store:
        made = identities.add_linked(store, name, roles, subject=school, issuer=issuer, actor=process.actor(), at=process.now())
    say(f"{made.name} can sign in as {' and '.join(sorted(made.roles))}, with the school account {school}.")


def renew(name: Name) -> None:
    """Give an account a new password and a new key, if either is lost. Make sure first who asks; sessions of the account end."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.security import codes
    from ilc_canvas.store.people import accounts, credentials

    secret = codes.new_secret()
    with bootstrap.open_store(begin()) as store:
        accounts.require(store, name)
        hashed = _typed_password(name)
        done = credentials.renew(store, name, password=hashed, secret=secret, actor=process.actor(), at=process.now())
    say(
        f"{done.name} has a new password and a new key; the former ones no longer work, and all sessions have ended.",
        *_key(secret, done.name),
    )


def link(name: Name, subject: Subject, network: Network = False) -> None:
    """Let an account sign in with the school's sign-in, in place of whatever school account it had; or by the proxy in front."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.people import identities

    settings = begin()
    with bootstrap.open_store(settings) as store:
        identities.link(store, name, subject, issuer=_issuer(settings, network=network), actor=process.actor(), at=process.now())
    say(f"{name} can sign in {'by the network' if network else 'with the school account'} as {subject}.")


def unlink(name: Name, network: Network = False) -> None:
    """Take an account's school account away, and end the sessions that began with it; or its name at the proxy in front."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.people import identities

    settings = begin()
    with bootstrap.open_store(settings) as store:
        identities.unlink(store, name, issuer=_issuer(settings, network=network), actor=process.actor(), at=process.now())
    say(f"{name} cannot sign in {'by the network' if network else 'with a school account'} any more.")


def _issuer(settings: "Settings", *, network: bool = False) -> str:
    from ilc_canvas.reconcile.errors import SettingsError
    from ilc_canvas.store.people.identities import PROXY

    if network:
        return PROXY

    if not settings.console_oidc_issuer:
        raise SettingsError("The settings name no school sign-in (console_oidc_issuer). Nothing was changed.")
    return settings.console_oidc_issuer


def _make(name: str, words: Sequence[str]) -> None:
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.security import codes
    from ilc_canvas.store.people import accounts

    roles, secret = [_role(word) for word in words], codes.new_secret()
    with bootstrap.open_store(begin()) as store:
        hashed = _typed_password(name)
        made = accounts.add(store, name, roles, password=hashed, secret=secret, actor=process.actor(), at=process.now())
    say(
        f"{made.name} can sign in as {' and '.join(sorted(made.roles))}.",
        *_key(secret, made.name),
    )


def _typed_password(name: str) -> str:
    """The hash of a new password, typed twice. AccountError for one that is refused."""
    from ilc_canvas.console.security import passwords
    from ilc_canvas.reconcile.words.wording import count

    shortest = count(passwords.SHORTEST, "character")
    password = typer.prompt(f"Password of {name} (at least {shortest})", hide_input=True, confirmation_prompt=True)
    return passwords.hashed(password, name)


def _key(secret: str, name: str) -> tuple[str, ...]:
    from ilc_canvas.console.security import codes

    return ("Put this key into an authenticator; it is not shown again:", f"  {secret}", f"  {codes.uri_of(secret, name)}")


def _role(word: str) -> "Role":
    from ilc_canvas.store.people.accounts import Role

    try:
        return Role(word)
    except ValueError as error:
        raise typer.BadParameter(f"There is no role {word!r}: {', '.join(Role)}. Nothing was changed.") from error
