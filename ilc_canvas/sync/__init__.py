"""One run in a straight line, the ports that it needs, and how it is paced."""

from ilc_canvas.sync.once import run_once
from ilc_canvas.sync.ports import Canvas, Journal
from ilc_canvas.sync.tools import Pace, Watch, quiet

__all__ = ["Canvas", "Journal", "Pace", "Watch", "quiet", "run_once"]
