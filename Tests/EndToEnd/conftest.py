"""What end-to-end tests share: the servers of scripts/stack, the programs, and boto3 as an independent witness."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from stacklib.fixtures import faults, s3  # noqa: E402
from stacklib.servers import client  # noqa: E402

PROGRAMS = Path(os.environ.get("S3HAUL_PROGRAMS", REPOSITORY / ".build/release"))

# Keys that programs get wrong.
ODD_KEYS = [
    "plain",
    "a b",
    "a+b",
    "100%",
    "a,b",
    'q"uote',
    "é/ü",
    "日本/語 📦",
    "x" * 200 + "/" + "y" * 200,
    "~*'()&=?#;:@$!",
]


@pytest.fixture(scope="session")
def s3_by_proxy():
    """boto3 through the fault proxy."""
    return client("s3", os.environ["S3HAUL_TEST_S3_PROXY"])


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


@pytest.fixture
def run(s3haul, tmp_path):
    """Runs s3haul with a cache of the test's own."""
    return lambda *words, **environment: s3haul(*map(str, words), XDG_CACHE_HOME=str(tmp_path / "cache"), **environment)
