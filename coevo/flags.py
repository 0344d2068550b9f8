"""Marks of figures in the panel: filled between years, across a break of a vintage, spliced."""

FILLED, BREAK, SPLICED = "filled", "break", "spliced"
