"""Processes that live no longer than the one that started them, and the ports they listen on."""

from __future__ import annotations

import ctypes
import random
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nothing listens on, from under the range that outgoing connections take theirs from."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            listener = held.enter_context(socket.socket())
            port = random.randrange(20_000, 32_000)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
    return found


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """A process in a session of its own (a terminal's Ctrl-C does not reach it), logging to a file."""

    def __init__(
        self,
        arguments: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.log = log
        self.stop_signal = stop_signal
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    @property
    def name(self) -> str:
        return self.log.stem

    def wait_for(self, url: str, seconds: float = 30) -> None:
        """Returns when a GET of the URL is answered 200."""
        self._retry(lambda: urllib.request.urlopen(url, timeout=5).close(), seconds)

    def wait_for_port(self, port: int, seconds: float = 30) -> None:
        """Returns when a port of 127.0.0.1 takes connections."""
        self._retry(lambda: socket.create_connection(("127.0.0.1", port)).close(), seconds)

    def _retry(self, attempt: Callable[[], None], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                attempt()
                return
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{self.name} does not answer ({error}); its log ends:\n{self.tail()}") from None
            time.sleep(0.05)

    def tail(self, size: int = 2000) -> str:
        return self.log.read_bytes()[-size:].decode(errors="replace")

    def kill(self) -> None:
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
