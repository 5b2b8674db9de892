"""The same runs and troubles in all tests of notices."""

from datetime import UTC, datetime

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key

NOON = datetime(2021, 10, 4, 12, 0, tzinfo=UTC)
COUNTS = {"create": 40, "update": 4, "remove": 6}
TAKEN = Key(Kind.USER, "ilc:p:ILC-0044")
SEAT = Key(Kind.ENROLLMENT, "ilc:2021-22:cop:EQ:R2|ilc:p:ILC-0044|StudentEnrollment")
ODD = Key(Kind.SECTION, "ilc:2021-22:net:R1:R1")
PARTIAL = Report(
    118, "partial", "7f3c-91ad-0b2e", of_roster(4), COUNTS, applied=47, failed=3, parked=2, deferred={"refused": 2}, asked=1, requests=91,
    failures={TAKEN: "login-taken", SEAT: "login-taken", ODD: "Canvas answered 400."},
)  # fmt: skip
REASONS = (
    Reason("removals", "6 people would leave; 5 may without a yes.", 6, 5),
    Reason("raised-role", "1 person gets more rights.", 1, 0),
)
HELD = Report(119, "held", "7f3c-91ad-0b2e", of_roster(4), COUNTS, reasons=REASONS, withheld=50)
TROUBLE = Quarantine("token", "Canvas refuses the token.", NOON, 0, NOON.replace(minute=5))
NOTE = Notice(
    "held", "held:7f3c", "ilc-canvas: 50 changes wait for a person", ("50 changes wait: nothing – yet.", "  a", ""), {"run": 119}, True
)
