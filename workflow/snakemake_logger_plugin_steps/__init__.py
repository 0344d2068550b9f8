"""A log handler of Snakemake (`--logger steps`) that tells `steps.py` what goes on.

Each event is a line on stderr: `MARK`, then JSON. Snakemake finds this package by its name; its own
log, under `.snakemake/log/`, keeps what it would have printed.
"""

import json
import sys
from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

MARK = "\x1e"  # the sign that separates records


class LogHandler(LogHandlerBase):
    """Tells of jobs and errors; of a dry run Snakemake tells by itself."""

    has_filter = True
    has_formatter = True
    needs_rulegraph = False
    writes_to_file = False

    def __post_init__(self) -> None:
        self._tell("begins")

    @property
    def writes_to_stream(self) -> bool:
        """Whether Snakemake leaves the terminal to this handler."""
        return not self.common_settings.dryrun

    def emit(self, record: LogRecord) -> None:
        """Tell what is shown, or may be, and nothing else."""
        said = vars(record)
        match said.get("event"):
            case LogEvent.RUN_INFO:
                self._tell("jobs", numbers=said["stats"])
            case LogEvent.JOB_INFO:
                does = (said["rule_msg"] or said["rule_name"]).strip().splitlines()[0].rstrip(".")
                self._tell("job", job=said["jobid"], rule=said["rule_name"], does=does)
            case LogEvent.JOB_FINISHED:
                self._tell("done", job=said["job_id"])
            case LogEvent.JOB_ERROR if said["rule_msg"]:  # by a cluster
                why = f"{said['rule_msg']} ({', '.join(said['log'])})"
                self._tell("lost", rule=said["rule_name"], why=why)
            case LogEvent.ERROR:
                self._tell("error", text=record.getMessage())

    def _tell(self, event: str, **about: object) -> None:
        if self.writes_to_stream:
            print(MARK + json.dumps({"event": event, **about}), file=sys.stderr, flush=True)
