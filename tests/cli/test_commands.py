"""What to do next is a code in every room, and a command on the terminal."""

import ast
from collections.abc import Iterator
from pathlib import Path

import ilc_canvas
from ilc_canvas.cli.app import app
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.reconcile.words.hints import Next, put_in

ROOT = Path(str(ilc_canvas.__file__)).parent
MACHINES = {"store/audit/heads.py"}
"""Hold the mark by which a head of the audit log is found again: no person types it."""
ABOUT = {
    Next.APPROVE_PLAN: ("7f3c", "cop:EQ"),
    Next.FINALIZE_DOCUMENT: ("roster",),
    Next.IMPORT_DOCUMENT: ("roster",),
    Next.SHOW_DOCUMENT: ("roster", 4),
    Next.SIGN_DRAFT: ("roster", 4, "12ab"),
}


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module that is not a docstring."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_only_the_terminal_names_commands() -> None:
    """No module but the commands and the demo holds a command to type in a text that a person reads."""
    found = set()
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("cli/", "demo.py")) and any("ilc-canvas " in text for text in _texts(ast.parse(path.read_text("utf-8")))):
            found.add(name)
    assert found == MACHINES


def test_every_step_is_a_command() -> None:
    """Each next step becomes a command that there is, with what it is about in it."""
    words = {name for group in app.registered_groups if group.name for name in [group.name]}
    words |= {command.name for command in app.registered_commands if command.name}
    for step in Next:
        text = with_commands(step.of(*ABOUT.get(step, ("ILC-0001", "ILC-0002"))))
        assert text.startswith("ilc-canvas ")
        assert text.split()[1] in words, text


def test_hint_keeps_its_place() -> None:
    """Every hint in a sentence is replaced by its command, in place."""
    text = f"Put it back: {Next.RESTORE_STORE}. See {Next.SHOW_RUN.of(3)}, or {Next.PLAN}."
    assert with_commands(text) == "Put it back: ilc-canvas db restore FILE --reason TEXT. See ilc-canvas show 3, or ilc-canvas plan."


def test_words_of_people_are_no_hints() -> None:
    """Text that is not a hint stays as typed; the subject of a hint cannot start another one."""
    assert with_commands("the ‹blue› team") == "the ‹blue› team"
    assert with_commands(Next.EXPLAIN_PERSON.of("Ana ‹plan› Lu")) == "ilc-canvas explain Ana <plan> Lu"


def test_hints_are_found_at_any_depth() -> None:
    """In lists and tables too; numbers stay numbers."""
    assert put_in({"lines": [f"See {Next.RUNS}", 3]}, with_commands) == {"lines": ["See ilc-canvas runs", 3]}
