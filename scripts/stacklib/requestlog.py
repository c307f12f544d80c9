"""What the fault proxy does, by rules, and what it has seen."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from .http1 import Head
from .operations import S3Request
from .rules import Rule

LOGGED_REQUESTS = 100_000


@dataclass
class Entry:
    """One request in the log."""

    operation: str
    bucket: str
    key: str
    method: str
    target: str
    headers: dict[str, str]
    started: float
    status: int | None = None
    fault: str | None = None
    ended: float | None = None


@dataclass
class State:
    """What the control address changes and shows."""

    rules: list[Rule] = field(default_factory=list)
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=LOGGED_REQUESTS))

    def begin(self, request: S3Request, method: str, head: Head) -> Entry:
        shown = {
            name.lower(): value
            for name, value in head.headers
            if name.lower() not in ("authorization", "x-amz-security-token")
        }
        target = head.start.split(" ")[1]
        entry = Entry(request.operation, request.bucket, request.key, method, target, shown, time.monotonic())
        self.log.append(entry)
        return entry

    def summary(self, key: str | None) -> dict[str, object]:
        entries = [entry for entry in self.log if key is None or re.search(key, entry.key)]
        by_operation: dict[str, list[Entry]] = {}
        for entry in entries:
            by_operation.setdefault(entry.operation, []).append(entry)
        return {
            "counts": {name: len(group) for name, group in by_operation.items()},
            "peak": {name: _peak(group) for name, group in by_operation.items()},
            "faults": Counter(entry.fault for entry in entries if entry.fault),
            "requests": [entry.__dict__ for entry in entries],
        }


def _peak(entries: list[Entry]) -> int:
    changes = [(entry.started, 1) for entry in entries]
    changes += [(entry.ended, -1) for entry in entries if entry.ended is not None]
    level = peak = 0
    for _, change in sorted(changes):
        level += change
        peak = max(peak, level)
    return peak
