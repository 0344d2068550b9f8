"""A SLURM of one node on this machine, with state, sockets and logs in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")
PATIENCE = 30  # seconds for a daemon to begin, or to end
CONFIG = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=1
SlurmdParameters=config_overrides
MinJobAge=600
KillWait=2
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory={memory}
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def lacking() -> str:
    """Return why SLURM cannot run here, empty if it can."""
    missing = [program for program in PROGRAMS if not shutil.which(program, path=_path())]
    if missing:
        return f"not installed: {', '.join(missing)} (Debian: slurm-wlm, munge)"
    return "" if os.geteuid() == 0 else "slurmd starts jobs as root alone"


@dataclass
class OneNode:
    """The daemons of a node: `known` is the environment in which its programs find each other."""

    folder: Path
    known: dict[str, str]
    daemons: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, *words: str) -> None:
        """Start a daemon in the foreground; what it says goes into the folder."""
        with (self.folder / f"{words[0]}.out").open("a") as out:
            self.daemons[words[0]] = subprocess.Popen(words, env=self.known, stdout=out, stderr=out)

    def kill(self, daemon: str) -> None:
        """Kill a daemon as a crash would."""
        self.daemons[daemon].kill()
        self.daemons[daemon].wait(PATIENCE)

    def wait_until_it_answers(self, *states: str) -> None:
        """Wait until the node is in one of these states; else say what the daemons said."""
        deadline = time.monotonic() + PATIENCE
        while (state := self.state()) not in states:
            assert time.monotonic() < deadline, f"{state}\n{self.said()}"
            time.sleep(0.2)

    def start_anew(self) -> None:
        """Start the controller that was killed, and do what an administrator does then, since it
        has forgotten its last seconds: cancel all jobs, restart slurmd, which remembers others, and
        resume the node, which is drained where a job would begin that is already there."""
        self.start("slurmctld", "-D")
        self.wait_until_it_answers("idle", "mixed", "allocated", "draining", "drained")
        self.kill("slurmd")
        self.start("slurmd", "-D")
        deadline = time.monotonic() + PATIENCE
        steps, step = self.folder / "spool", f"{_host()}_*.*"  # a socket a step
        while (state := self.state()) != "idle" or any(steps.glob(step)):
            assert time.monotonic() < deadline, f"{state}\n{self.said()}"
            self.tell("scancel", "--full", "--user=root")
            if "drain" in state:
                self.tell("scontrol", "update", f"nodename={_host()}", "state=resume")
            time.sleep(0.5)

    def state(self) -> str:
        """Return the state of the node, empty if the controller does not answer."""
        return self.tell("sinfo", "--noheader", "--format=%T").strip()

    def jobs(self) -> list[tuple[str, str, str]]:
        """Return id, state and comment of every job that this SLURM remembers."""
        told = self.tell("squeue", "--noheader", "--states=all", "--format=%i|%T|%k")
        rows = [line.split("|", 2) for line in told.splitlines()]
        return [(job, state, comment) for job, state, comment in rows]

    def said(self) -> str:
        """Return the jobs and the ends of the daemons' logs."""
        logs = [path.read_text()[-2000:] for path in self.folder.glob("*.log")]
        return "\n".join([self.tell("squeue", "--states=all"), *logs])

    def tell(self, *words: str) -> str:
        """Run a program of SLURM and return what it prints."""
        told = subprocess.run(
            words, env=self.known, capture_output=True, text=True, timeout=PATIENCE
        )
        return told.stdout

    def end(self) -> None:
        """Cancel what runs, and end the daemons in the reverse order."""
        with suppress(subprocess.SubprocessError):
            self.tell("scancel", "--full", "--user=root")
        for daemon in reversed(self.daemons.values()):
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()


@contextmanager
def one_node(folder: Path, memory: int = 4000) -> Iterator[OneNode]:
    """Start munged, slurmctld and slurmd, and end them.

    memory: MB of the node.
    """
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    controller, port = _free_ports(2)
    settings = {"folder": folder, "controller": controller, "node": port, "memory": memory}
    (folder / "slurm.conf").write_text(CONFIG.format(host=_host(), **settings), "utf-8")
    (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n", "utf-8")
    _srun(folder / "bin", folder / "slurm.conf")
    path = f"{folder / 'bin'}:{_path()}"
    known = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}
    munged = ["munged", "--foreground", "--force", f"--key-file={key}"]
    for name in ("socket", "pid-file", "log-file", "seed-file"):
        munged.append(f"--{name}={folder}/munge.{name.removesuffix('-file')}")
    node = OneNode(folder, known)
    try:
        for words in (munged, ["slurmctld", "-D"], ["slurmd", "-D"]):
            node.start(*words)
            _wait(folder / "munge.socket")
        node.wait_until_it_answers("idle")
        yield node
    finally:
        node.end()


def _host() -> str:
    return socket.gethostname().split(".")[0]


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def _srun(folder: Path, config: Path) -> None:
    """Write an `srun` that finds the configuration: the executor takes SLURM_* from its jobs."""
    folder.mkdir()
    script = f'#!/bin/sh\nSLURM_CONF={config} exec {shutil.which("srun")} "$@"\n'
    (folder / "srun").write_text(script, "utf-8")
    (folder / "srun").chmod(0o755)


def _free_ports(number: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def _wait(file: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} did not appear"
        time.sleep(0.1)
