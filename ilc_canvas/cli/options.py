"""Options shared by several commands."""

from typing import Annotated

import typer

from ilc_canvas.cli.output import one_line

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
All = Annotated[bool, typer.Option("--all", help="Do not cut long lists.")]
Repair = Annotated[bool, typer.Option("--repair", help="Put back what people changed by hand, within --only. Needs a reason.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.", callback=one_line)]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="cop:EQ, net:R1, pilot:P417, hub or person:ILC-0001; may be given several times."),
]
SchoolYear = Annotated[str, typer.Option("--school-year", metavar="YEAR", help="Only this school year, such as 2021-22.")]
