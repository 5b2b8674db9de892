"""The commands that answer a question about a person."""

from ilc_canvas.program.people.decisions import Decision


def command_of(decision: Decision | None) -> str:
    """To copy, with a reason to be filled in."""
    if decision is None:
        return "ilc-canvas plan"
    more = f" --account {decision.account}" if decision.account is not None else ""
    confirmed = " --administrator" if decision.administrator else ""
    return f'ilc-canvas people {decision.word} {decision.person_id}{more}{confirmed} --reason "..."'
