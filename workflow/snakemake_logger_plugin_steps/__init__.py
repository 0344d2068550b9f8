"""The log handler that Snakemake finds by the name of this package (`--logger steps`)."""

from once import Steps as LogHandler

__all__ = ["LogHandler"]
