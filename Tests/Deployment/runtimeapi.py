"""A bootstrap by itself: when it is ready, and what it answers in the emulator."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping

from stacklib.lambdas import Emulator


def milliseconds_to_first_request(command: list[str], environment: Mapping[str, str], runs: int = 5) -> float:
    """The shortest time, of several starts, from the start of the process until it asks for an invocation."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environment = {**environment, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listener.getsockname()[1]}"}
        return min(_start(command, environment, listener) for _ in range(runs)) * 1000


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


def invoke(emulator: Emulator, event: dict) -> dict:
    """The answer to an event."""
    url = f"{emulator.url}/2015-03-31/functions/function/invocations"
    request = urllib.request.Request(url, data=json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)
