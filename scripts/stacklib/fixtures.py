"""pytest fixtures of all tests that run with scripts/stack."""

from __future__ import annotations

import os

import pytest

from .faults import Faults
from .servers import client


@pytest.fixture(scope="session")
def s3():
    """boto3 straight at the real server."""
    return client("s3", os.environ["S3HAUL_TEST_S3"])


@pytest.fixture
def faults():
    """The fault proxy, with no rules and an empty log before and after."""
    proxy = Faults(os.environ["S3HAUL_TEST_FAULTS"])
    proxy.clear()
    yield proxy
    proxy.clear()
