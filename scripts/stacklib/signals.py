"""SIGINT and SIGTERM as one exception, so that everything started is stopped on the way out."""

from __future__ import annotations

import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """SIGINT or SIGTERM came; a second one does not disturb the clearing up."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def _stop(number: int, _: object) -> None:
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def raise_when_stopped() -> None:
    for number in SIGNALS:
        signal.signal(number, _stop)
