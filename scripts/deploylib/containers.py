"""podman, or docker where there is no podman."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .problem import Problem


def container_tool() -> str:
    """The container tool of this machine; `CONTAINER_TOOL` names another."""
    named = os.environ.get("CONTAINER_TOOL")
    tool = named or shutil.which("podman") or shutil.which("docker")
    if not tool:
        raise Problem("neither podman nor docker is installed; on Debian: apt-get install podman")
    return tool


@contextmanager
def docker_api() -> Iterator[dict[str, str]]:
    """The variables by which SAM finds a docker API: none for docker's own, else podman's, for as long as needed."""
    if "DOCKER_HOST" in os.environ or Path(container_tool()).name != "podman":
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="s3haul-podman-") as folder:
        socket = Path(folder, "podman.sock")
        service = subprocess.Popen(
            [container_tool(), "system", "service", "--time=0", f"unix://{socket}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for(socket, service)
            yield {"DOCKER_HOST": f"unix://{socket}"}
        finally:
            service.terminate()
            service.wait()


def _wait_for(socket: Path, service: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not socket.exists():
        if service.poll() is not None or time.monotonic() > deadline:
            raise Problem("podman's service does not start; try: podman system service --time=0")
        time.sleep(0.05)
