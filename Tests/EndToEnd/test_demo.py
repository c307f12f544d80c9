"""scripts/demo leaves nothing behind that it started, when it is stopped halfway."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAMS, REPOSITORY
from waiting import wait_until

LISTENING = "0A"


def descendants(parent: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may have anything in it.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, rest = set(), [parent]
    while rest:
        rest += (new := children.get(rest.pop(), []))
        found.update(new)
    return found


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ports(processes: set[int]) -> set[int]:
    """The ports on which processes listen."""
    sockets = set()
    for process in processes:
        for file in Path(f"/proc/{process}/fd").glob("*"):
            try:
                sockets.update(re.findall(r"socket:\[(\d+)\]", os.readlink(file)))
            except OSError:
                continue
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(line[1].partition(":")[2], 16) for line in lines if line[3] == LISTENING and line[9] in sockets}


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("step", "servers"), [("filling a bucket", 4), ("dispatching", 5)])
def test_ctrl_c_stops_all_that_it_started(tmp_path, step, servers):
    environment = {**os.environ, "S3HAUL_PROGRAMS": str(PROGRAMS), "TMPDIR": str(tmp_path)}
    command = [REPOSITORY / "scripts/demo", "--large", "16", "--small", "10"]
    demo = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert any(step in line for line in demo.stdout), "the demo ended before"
        wait_until(lambda: len(descendants(demo.pid)) >= servers, demo)
        started = descendants(demo.pid)
        listening = ports(started)
        assert len(listening) >= servers
        # A terminal sends it to the whole foreground process group.
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(timeout=30) == 128 + signal.SIGINT
    finally:
        demo.kill()
        demo.communicate()
    wait_until(lambda: not any(map(is_running, started)), seconds=5)
    assert {port for port in listening if is_open(port)} == set()
    assert list(tmp_path.iterdir()) == []
