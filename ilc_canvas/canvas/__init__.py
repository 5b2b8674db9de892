"""Canvas, through canvasapi: the only room that speaks to it."""
