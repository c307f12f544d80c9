"""What end-to-end tests share: the servers of scripts/stack, the programs, and boto3 as an independent witness."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import urlencode

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from stacklib.servers import client  # noqa: E402

PROGRAMS = Path(os.environ.get("S3HAUL_PROGRAMS", REPOSITORY / ".build/release"))


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


@pytest.fixture(scope="session")
def s3():
    """boto3 straight at the real server."""
    return client("s3", os.environ["S3HAUL_TEST_S3"])


@pytest.fixture(scope="session")
def s3_by_proxy():
    """boto3 through the fault proxy."""
    return client("s3", os.environ["S3HAUL_TEST_S3_PROXY"])


@pytest.fixture
def faults():
    """The fault proxy, with no rules and an empty log before and after."""
    proxy = Faults(os.environ["S3HAUL_TEST_FAULTS"])
    proxy.clear()
    yield proxy
    proxy.clear()


@pytest.fixture
def bucket(s3):
    """An empty bucket of the test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def archives(s3):
    """An empty bucket for the test's archives."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3haul():
    """Runs s3haul against the real server, or by environment against another; returns the finished process."""

    def run(*arguments: str, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"], **environment}
        command = [str(PROGRAMS / "s3haul"), *arguments]
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=timeout, check=False)

    return run
