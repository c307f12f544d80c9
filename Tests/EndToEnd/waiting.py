"""Waiting for what other processes do, and not for ever."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], process: subprocess.Popen | None = None, seconds: float = 60) -> None:
    """Waits for a condition; fails when it does not come, or when the process ends before."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        assert process is None or process.poll() is None, "the process ended before"
        time.sleep(0.002)
