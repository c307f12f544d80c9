"""The Lambda Runtime Interface Emulator around a bootstrap: one a slot, since it dies of two invocations at once."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

from .processes import Server, free_ports
from .servers import BIN


class Emulator:
    """One emulator on free loopback ports."""

    def __init__(self, bootstrap: Path, environment: Mapping[str, str], log: Path) -> None:
        port, runtime_port = free_ports(2)
        self.url = f"http://127.0.0.1:{port}"
        self.server = Server(
            [
                BIN / "aws-lambda-rie",
                *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
                *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
                bootstrap,
            ],
            log,
            environment,
            # On SIGTERM it takes its bootstrap with it; on SIGKILL it would leave it.
            stop_signal=signal.SIGTERM,
        )
        self.kill = self.server.kill
        try:
            self.server.wait_for_port(port)
        except BaseException:
            self.kill()
            raise
