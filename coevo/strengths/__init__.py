"""The strength of interaction against theory, and when an effect counts as shown."""
