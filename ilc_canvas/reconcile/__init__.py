"""Compare what is desired with what is observed: values in, values out; no I/O, no Canvas, no roster."""
