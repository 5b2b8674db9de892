"""One run in a straight line, the ports that it needs, and how it is paced."""

from ilc_canvas.sync.context import ApplySettings, OnProgress, no_progress
from ilc_canvas.sync.ports import Canvas, Journal
from ilc_canvas.sync.run import run_once

__all__ = ["ApplySettings", "Canvas", "Journal", "OnProgress", "no_progress", "run_once"]
