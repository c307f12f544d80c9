"""Every command that the documents show runs, in their order, against a real server."""

from __future__ import annotations

import os
import re
import subprocess

import inventory
import pytest
from conftest import PROGRAMS, REPOSITORY
from lambda_double import LambdaDouble
from stacklib.servers import client

OLD = ["2026/11/20/a.json", "2026/11/20/b.json"]
KEYS = ["film.mxf", "raw/a/1.dng", "raw/b.dng", "logs/2026-01/a"]


def commands(page: str) -> list[str]:
    text = (REPOSITORY / "docs" / page).read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("s3haul ")]


# What libcurl reads, and a flag of every verb, whose variable is made from its name.
READ_ELSEWHERE = {"HTTPS_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY", "S3HAUL_VERBOSE"}


def test_every_environment_variable_is_documented():
    """Those of AWS and the platform in one table, s3haul's own with what they set."""
    sources = "".join(path.read_text() for path in (REPOSITORY / "Sources").rglob("*.swift"))
    read = set(re.findall(r'"((?:AWS|ECS|XDG|S3HAUL)_[A-Z0-9_]+|HOME)["\\]', sources))
    own = {name for name in read if name.startswith("S3HAUL_")}
    page = (REPOSITORY / "docs/configuration.md").read_text()
    table = page.split("## Environment variables")[1].split("\n## ")[0]
    names = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    documented = set(re.findall(r"`(\w+)`", names))
    # The name of a service is put behind it.
    read.remove("AWS_ENDPOINT_URL_")
    services = {f"AWS_ENDPOINT_URL_{name}" for name in re.findall(r'environmentName: "([A-Z0-9]+)"', sources)}
    assert documented == (read - own) | services | READ_ELSEWHERE
    pages = "".join(path.read_text() for path in (REPOSITORY / "docs").glob("*.md"))
    assert {name for name in own if f"`{name}" not in pages} == set()


@pytest.fixture(scope="module")
def buckets(s3, tmp_path_factory):
    for bucket in ["media", "archive", "jobs", "inventory", "state"]:
        s3.create_bucket(Bucket=bucket)
    for key in KEYS + OLD:
        s3.put_object(Bucket="media", Key=key, Body=key.encode())
    manifest = "".join(f"media,{key}\n" for key in KEYS)
    s3.put_object(Bucket="jobs", Key="day.csv", Body=manifest.encode())
    rows = [inventory.row(key, Bucket="media") for key in KEYS]
    folder = tmp_path_factory.mktemp("inventory")
    inventory.write(folder, rows, bucket="inventory", folder="media/all")
    inventory.upload(s3, "inventory", folder)
    bundle = ["bundle", "--manifest", "s3://jobs/day.csv", "--to", "s3://archive", "--archive-name", "{name}"]
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"]}
    subprocess.run([PROGRAMS / "s3haul", *bundle], env=environment, check=True)


@pytest.mark.parametrize(
    "page", ["bundle.md", "copy.md", "dispatch.md", "group.md", "extract.md", "query.md", "work.md"]
)
def test_commands_run(page, buckets, tmp_path):
    (tmp_path / "objects.csv").write_text("".join(f"media,{key}\n" for key in KEYS))
    (tmp_path / "day.csv").write_text("".join(f"media,{key}\n" for key in OLD))
    (tmp_path / "manifests.txt").write_text("day.csv\n")
    (tmp_path / "keys.txt").write_text("".join(f"{key}\n" for key in KEYS))
    functions = [LambdaDouble(), LambdaDouble()]
    environment = {
        **os.environ,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"],
        "AWS_ENDPOINT_URL_SQS": os.environ["S3HAUL_TEST_MOTO"],
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    queue = client("sqs", os.environ["S3HAUL_TEST_MOTO"]).create_queue(QueueName=f"docs-{page[:-3]}")["QueueUrl"]
    shown = commands(page)
    assert shown
    for command in shown:
        for port, function in zip([9001, 9002], functions, strict=True):
            command = command.replace(f"http://127.0.0.1:{port}", function.url)
        command = command.replace("https://sqs.eu-west-1.amazonaws.com/123456789012/bundles", queue)
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    for function in functions:
        function.close()
