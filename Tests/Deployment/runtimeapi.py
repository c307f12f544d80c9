"""As much of Lambda's Runtime API as tells when a bootstrap is ready."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Mapping

RUNS = 5


def milliseconds_to_first_request(command: list[str], environment: Mapping[str, str]) -> float:
    """The shortest time, of several starts, from the start of the process until it asks for an invocation."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environment = {**environment, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}"}
        return min(_start(command, environment, listener) for _ in range(RUNS)) * 1000


def _start(command: list[str], environment: Mapping[str, str], listener: socket.socket) -> float:
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment)
    try:
        listener.settimeout(20)
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(4096).startswith(b"GET /2018-06-01/runtime/invocation/next ")
            return time.monotonic() - started
    finally:
        process.terminate()
        process.wait()
