"""Compare desired state with observed state: values in, values out; no I/O, no Canvas, no roster."""
