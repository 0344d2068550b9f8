"""The log handler that Snakemake finds by the name of this package (`--logger steps`)."""

from runner import Steps as LogHandler

__all__ = ["LogHandler"]
