"""What tests ask of the fault proxy."""

from __future__ import annotations

import json
import urllib.request
from urllib.parse import urlencode


class Faults:
    """The control address of the fault proxy."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _call(self, method: str, path: str, value: object = None) -> dict:
        data = None if value is None else json.dumps(value).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data=data, method=method)) as reply:
            return json.load(reply)

    def add(self, *rules: dict) -> None:
        self._call("POST", "/rules", {"rules": rules})

    def add_named(self, fault: str, **choice: str) -> None:
        self._call("POST", "/rules?" + urlencode({"fault": fault, **choice}))

    def clear(self) -> None:
        self._call("DELETE", "/rules")
        self._call("DELETE", "/requests")

    def requests(self, key: str = "") -> dict:
        return self._call("GET", "/requests?" + urlencode({"key": key}))

    def count(self, operation: str, key: str = "") -> int:
        return self.requests(key)["counts"].get(operation, 0)
