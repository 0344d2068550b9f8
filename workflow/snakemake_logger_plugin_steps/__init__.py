"""The log handler that Snakemake finds by the name of this package (`--logger steps`)."""

from coevo.command.runner import Steps as LogHandler

__all__ = ["LogHandler"]
