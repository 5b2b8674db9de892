"""One run in a straight line, the ports that it needs, and how it is paced."""

from ilc_canvas.sync.carry import Pace, Watch, quiet
from ilc_canvas.sync.once import run_once
from ilc_canvas.sync.ports import Canvas, Journal

__all__ = ["Canvas", "Journal", "Pace", "Watch", "quiet", "run_once"]
