"""Next steps as commands to type in a terminal."""

from collections.abc import Callable, Mapping

from ilc_canvas.reconcile.words.hints import Next, put

_REASON = '--reason "..."'


def with_commands(text: str) -> str:
    """The text with each hint replaced by a command."""
    return put(text, _STEPS)


def _command(template: str) -> Callable[[str], str]:
    return lambda about: f"ilc-canvas {template.format(*about.split(' ', max(template.count('{}') - 1, 0)))}"


def _approve(about: str) -> str:
    digest, *only = about.split()
    words = "".join(f" --only {word}" for word in only)
    return f"ilc-canvas sync --approve {digest}{words} {_REASON}"


def _sign(about: str) -> str:
    document, version, *files = about.split()
    return f"ilc-canvas {document} finalize {version}{''.join(f' --files {digest}' for digest in files)} --signed-by NAME"


_STEPS: Mapping[Next, Callable[[str], str]] = {
    Next.ACCEPT_STORE: _command("audit accept --reason TEXT"),
    Next.APPROVE_PLAN: _approve,
    Next.ASK_ABOUT_PERSON: _command("people ask-again {}"),
    Next.ASK_AGAIN_FOR_SYNC: _command(f"resync {_REASON}"),
    Next.ASK_WHETHER_SAME: _command(f"roster rekey {{}} {{}} --ask-again {_REASON}"),
    Next.ATTENDANCES: _command("attendance list"),
    Next.AUDIT_LOG: _command("audit list"),
    Next.BACK_UP_STORE: _command("db backup FILE"),
    Next.CALENDARS: _command("calendar list"),
    Next.CHECK_TEXTS: _command("courses check"),
    Next.CONFIRM_ADMINISTRATOR: _command(f"people adopt {{}} --account {{}} --administrator {_REASON}"),
    Next.CLAIM_CANVAS: _command("canvas claim --reason TEXT"),
    Next.CREATE_STORE: _command("db create"),
    Next.DECLINED: _command("declined"),
    Next.DOCTOR: _command("doctor"),
    Next.DRIFT: _command("drift"),
    Next.EXPLAIN_PERSON: _command("explain {}"),
    Next.FIND_PERSON: _command("people find NAME"),
    Next.FINALIZE_DOCUMENT: _command("{} finalize"),
    Next.IMPORT_DOCUMENT: _command("{} import FILES"),
    Next.LEAVE_CANVAS: _command("canvas leave --reason TEXT"),
    Next.MOVE_STORE: _command("canvas moved --reason TEXT"),
    Next.NOT_THE_SAME: _command("roster rekey {} {} --not-the-same --reason TEXT"),
    Next.NOTE_NEW_ID: _command("roster rekey {} {} --reason TEXT"),
    Next.PARKED: _command("parked"),
    Next.PLAN: _command("plan"),
    Next.PRINT_KEY: _command("audit key"),
    Next.READY: _command("ready"),
    Next.REJECT_PLAN: _command(f"reject {{}} {_REASON}"),
    Next.RELEASE: _command(f"release {_REASON}"),
    Next.REPAIR: _command(f"sync --only {{}} --repair {_REASON}"),
    Next.RESTORE_STORE: _command("db restore FILE --reason TEXT"),
    Next.RESUME: _command("resume"),
    Next.REVIEW_PEOPLE: _command("people review"),
    Next.ROSTERS: _command("roster list"),
    Next.RUNS: _command("runs"),
    Next.SAME_PERSON: _command(f"roster rekey {{}} {{}} {_REASON}"),
    Next.SHOW_DOCUMENT: _command("{} show {}"),
    Next.SHOW_RUN: _command("show {}"),
    Next.SIGN_DRAFT: _sign,
    Next.STATUS: _command("status"),
    Next.SYNC: _command("sync"),
    Next.TAKE_BACK_ID: _command("roster rekey {} {} --ask-again --reason TEXT"),
    Next.TWO_PEOPLE: _command(f"roster rekey {{}} {{}} --not-the-same {_REASON}"),
    Next.UPGRADE_STORE: _command("db upgrade"),
    Next.VERIFY_LOG: _command("audit verify"),
}
