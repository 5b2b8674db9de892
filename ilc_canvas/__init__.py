"""ilc_canvas: from a finalized roster to Canvas courses with the right people in the right sections."""
