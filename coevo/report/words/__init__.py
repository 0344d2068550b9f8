"""Findings and tables put into the words of a language."""
