"""The rules of the fault proxy: small JSON values that say which requests are hit, and by what.

A rule has any of these to choose requests, and exactly one action:

    name         what the log calls it; the action's name if there is none
    operation    an S3 operation, or a list of them
    method       an HTTP method
    bucket, key  regular expressions that must match somewhere in it
    nth          the matching requests that are hit, counted from 1: a number or a list of them
    count        how many matching requests are hit at most
    probability  the share of matching requests that is hit, by a generator seeded with `seed` (default 0)

    delay        seconds before the request is forwarded; unlike the others, it adds up with other rules
    reply        {status, code, message, headers, forward}: answered with an S3 error instead of the server's reply;
                 `forward` lets the server do the work first
    cut          "before": the connection is reset before anything is forwarded; "lost": after the server's whole reply
                 came; {"at": N}: after N bytes of the reply's body
    truncate     the reply's body ends N bytes short of its Content-Length, and the connection is closed
    oversize     N bytes follow the reply's body, and the connection is closed
    slow         {bytes, every}: the reply's body comes in pieces of so many bytes, with so many seconds before each
    etag         the reply's ETag, in its header or its XML, is this instead
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

from .operations import S3Request

ACTIONS = {"delay", "reply", "cut", "truncate", "oversize", "slow", "etag"}
CHOICES = {"name", "operation", "method", "bucket", "key", "nth", "count", "probability", "seed"}


class RuleError(ValueError):
    """A rule that cannot be meant."""


def _as_set(value: Any) -> frozenset[Any] | None:
    if value is None:
        return None
    return frozenset(value if isinstance(value, list) else [value])


@dataclass
class Rule:
    name: str
    action: str
    argument: Any
    operations: frozenset[str] | None
    method: str | None
    bucket: re.Pattern[str] | None
    key: re.Pattern[str] | None
    nth: frozenset[int] | None
    count: int | None
    probability: float
    random: random.Random
    seen: int = field(default=0)
    hits: int = field(default=0)

    @classmethod
    def parse(cls, value: dict[str, Any]) -> Rule:
        actions = ACTIONS & value.keys()
        unknown = value.keys() - ACTIONS - CHOICES
        if unknown or len(actions) != 1:
            raise RuleError(f"a rule has one of {sorted(ACTIONS)}, and of {sorted(CHOICES)} what it needs: {value}")
        (action,) = actions
        return cls(
            name=value.get("name", action),
            action=action,
            argument=value[action],
            operations=_as_set(value.get("operation")),
            method=value.get("method"),
            bucket=re.compile(value["bucket"]) if "bucket" in value else None,
            key=re.compile(value["key"]) if "key" in value else None,
            nth=_as_set(value.get("nth")),
            count=value.get("count"),
            probability=value.get("probability", 1),
            random=random.Random(value.get("seed", 0)),
        )

    def hits_request(self, request: S3Request, method: str) -> bool:
        """Whether this request is hit; counts it if so."""
        if (
            (self.operations is not None and request.operation not in self.operations)
            or (self.method is not None and method != self.method)
            or (self.bucket is not None and not self.bucket.search(request.bucket))
            or (self.key is not None and not self.key.search(request.key))
        ):
            return False
        self.seen += 1
        if (
            (self.nth is not None and self.seen not in self.nth)
            or (self.count is not None and self.hits >= self.count)
            or (self.probability < 1 and self.random.random() >= self.probability)
        ):
            return False
        self.hits += 1
        return True


def choose(rules: list[Rule], request: S3Request, method: str) -> tuple[float, Rule | None]:
    """The seconds that a request is delayed, and the first other rule that hits it."""
    delay = sum(rule.argument for rule in rules if rule.action == "delay" and rule.hits_request(request, method))
    fault = next((rule for rule in rules if rule.action != "delay" and rule.hits_request(request, method)), None)
    return delay, fault
