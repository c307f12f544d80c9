"""What the tests of the deployment share."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("S3HAUL_PROGRAMS", REPOSITORY / ".build/release"))
SAM = REPOSITORY / ".venv-sam/bin/sam"
CHECKOV = REPOSITORY / ".venv-checkov/bin/checkov"
CFN_LINT = REPOSITORY / ".venv/bin/cfn-lint"
sys.path.insert(0, str(REPOSITORY / "scripts"))

import machines  # noqa: E402
from containers import Podman  # noqa: E402
from deploylib.template import Stack, load  # noqa: E402
from lambdalimits import LambdaLimits  # noqa: E402
from stacklib.fixtures import faults, s3  # noqa: E402
from stacklib.servers import client  # noqa: E402

TEMPLATE = load(REPOSITORY / "template.yaml")
SOURCES = {path: path.read_text() for path in (REPOSITORY / "Sources").rglob("*.swift")}
REQUIRED = {
    "SourceBucketArns": "arn:aws:s3:::media,arn:aws:s3:::more",
    "DestinationBucket": "archive",
    "ImageTag": "test",
}
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VARIANTS = {
    "plain": {},
    "publisher": {"Variant": "publisher", "KmsKeyArn": KEY, "SubscriberCanonicalUserId": "a" * 64},
    "subscriber": {"Variant": "subscriber", "SourceKmsKeyArns": f"{KEY},{KEY[:-1]}c"},
    "with everything": {
        "DriverZipBucket": "programs",
        "SourceKmsKeyArns": KEY,
        "KmsKeyArn": KEY,
        "CopyAcl": "true",
        "DeleteSource": "true",
        "DestinationPrefix": "copies/",
        "SubnetIds": "subnet-01234567",
        "VpcId": "vpc-01234567",
        "AlarmEmail": "a@example.com",
    },
}


def stack(**parameters: str) -> Stack:
    return Stack(TEMPLATE, **{**REQUIRED, **parameters})


@pytest.fixture(params=VARIANTS)
def variant(request) -> Stack:
    """The stack in each of its variants."""
    return stack(**VARIANTS[request.param])


def settings() -> list[tuple[str, str]]:
    """The key in userArguments, or nothing, and the environment variable of every setting.

    From the table in docs/driver.md, which a unit test compares with the code.
    """
    rows = re.findall(r"^\| (?:`(\w+)`)? \| `(S3HAUL_\w+)` \|", (REPOSITORY / "docs/driver.md").read_text(), re.M)
    assert len(rows) > 20
    return rows


@pytest.fixture(scope="session")
def batch():
    """moto's AWS Batch."""
    return client("batch", os.environ["S3HAUL_TEST_MOTO"])


@pytest.fixture(scope="session")
def limits() -> dict[str, int]:
    """How large and how slow what is deployed may be."""
    return json.loads((REPOSITORY / "container/limits.json").read_text())


@pytest.fixture(scope="session")
def podman():
    """podman with the image of the release build, and the servers' ports where its containers reach them."""
    machine = Podman(REPOSITORY / ".build/containers")
    machine.run(REPOSITORY / "container/base")
    machine.run(REPOSITORY / "scripts/image", BUILD_IMAGE="localhost/s3haul-base:latest")
    yield machine
    machine.close()


@pytest.fixture
def machine(tmp_path):
    """Whoever installs."""
    with LambdaLimits() as limits:
        yield machines.Machine(tmp_path, limits, TEMPLATE)


@pytest.fixture
def installed(machine):
    """Whoever has installed."""
    done = machine.install("--yes", *machines.REQUIRED)
    assert done.returncode == 0, done.stderr
    (stack,) = machines.moto("cloudformation").describe_stacks(StackName=machine.stack)["Stacks"]
    machine.made = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return machine
