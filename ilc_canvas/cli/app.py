"""All commands, by name."""

import typer

from ilc_canvas.cli import (
    answers,
    audit,
    audit_list,
    canvas,
    daemon,
    decide,
    declined,
    doctor,
    erase,
    explain,
    notices,
    people,
    review,
    rosters,
    runs,
    schema,
    show,
    standing,
    tour,
    waiting,
)

app = typer.Typer(
    help="From a finalized roster to Canvas courses with the right people in the right sections.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
roster = typer.Typer(help="Import, check, sign and compare rosters.", no_args_is_help=True)
log = typer.Typer(help="Read, export, verify and vouch for the audit log.", no_args_is_help=True)
db = typer.Typer(help="The store: its schema, backup and restore.", no_args_is_help=True)
app.add_typer(roster, name="roster")
app.add_typer(log, name="audit")
app.add_typer(db, name="db")
persons = typer.Typer(help="People about whom somebody must decide.", no_args_is_help=True)
app.add_typer(persons, name="people")
lms = typer.Typer(help="The Canvas to which the store belongs.", no_args_is_help=True)
app.add_typer(lms, name="canvas")

roster.command("import")(rosters.import_)
roster.command("finalize")(rosters.finalize)
roster.command("rekey")(rosters.rekey)
roster.command("show")(rosters.show)
roster.command("diff")(rosters.diff)
roster.command("list")(rosters.list_)
app.command("plan")(runs.plan)
app.command("sync")(runs.sync)
app.command("worker")(daemon.worker)
app.command("resync")(daemon.resync)
app.command("pause")(daemon.pause)
app.command("resume")(daemon.resume)
app.command("approve")(decide.approve)
app.command("reject")(decide.reject)
app.command("undo")(runs.undo)
app.command("runs")(runs.list_)
app.command("show")(show.show)
app.command("status")(standing.status)
app.command("explain")(explain.explain)
app.command("notices")(notices.notices)
app.command("parked")(waiting.parked)
left = typer.Typer(help="What stays undone because somebody decided so.", invoke_without_command=True)
app.add_typer(left, name="declined")
left.callback()(declined.list_)
left.command("forget")(declined.forget)
app.command("release")(waiting.release)
persons.command("review")(review.review)
persons.command("decide")(answers.decide)
persons.command("adopt")(people.adopt)
persons.command("create")(people.create)
persons.command("leave-out")(people.leave_out)
persons.command("ask-again")(people.ask_again)
log.command("list")(audit_list.list_)
log.command("export")(audit.export)
log.command("verify")(audit.verify)
log.command("key")(audit.key)
log.command("head")(audit.head)
log.command("accept")(audit.accept)
log.command("erase")(erase.erase)
lms.command("moved")(canvas.moved)
lms.command("leave")(canvas.leave)
app.command("doctor")(doctor.doctor)
app.command("health")(doctor.health)
db.command("create")(schema.create)
db.command("upgrade")(schema.upgrade)
db.command("current")(schema.current)
db.command("backup")(schema.backup)
db.command("restore")(schema.restore)
app.command("sandbox", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(tour.sandbox)
app.command("demo")(tour.demo)
