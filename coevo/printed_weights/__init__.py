"""Weights that a paper prints: read, and which method or mistake gives them."""
