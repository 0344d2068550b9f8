"""The report, a room after the other: findings, figures, words, tables, documents; no room imports
a later one.
"""
