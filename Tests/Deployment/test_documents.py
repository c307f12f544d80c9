"""What the pages on deployment show: scripts, targets and flags that there are, AWS operations and arguments that there
are, every alarm and every permission."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

import botocore.session
import pytest
from conftest import REPOSITORY, stack

PAGES = ["deploy.md", "operate.md", "security.md", "cost.md", "work.md"]
TEXT = {page: (REPOSITORY / "docs" / page).read_text() for page in PAGES}
# The AWS CLI's own, over several operations.
HIGH_LEVEL = {("s3", "sync"), ("s3", "rb"), ("logs", "tail")}


def commands(beginning: str) -> list[str]:
    blocks = [block for text in TEXT.values() for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)]
    found = [line for block in blocks for line in block.splitlines() if line.startswith(beginning)]
    assert found, f"the pages show no {beginning}"
    return found


@pytest.mark.parametrize("command", commands("make "))
def test_targets_are_there(command):
    target = shlex.split(command)[1]
    planned = subprocess.run(["make", "--dry-run", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stderr


@pytest.fixture(scope="module")
def help_of():
    texts: dict[str, str] = {}

    def read(script: str) -> str:
        if script not in texts:
            asked = subprocess.run([REPOSITORY / script, "--help"], capture_output=True, text=True, check=False)
            texts[script] = asked.stdout + asked.stderr
        return texts[script]

    return read


@pytest.mark.parametrize("command", commands("scripts/"))
def test_flags_are_there(command, help_of):
    script, *words = shlex.split(command.split(">")[0])
    flags = [word for word in words if word.startswith("--")]
    assert (REPOSITORY / script).exists()
    # These two have no help of their own: one has few flags, the other those of s3haul manifest.
    plain = {"scripts/image": script, "scripts/generate-inventory": "Sources/Commands/Grouping/ManifestVerb.swift"}
    known = (REPOSITORY / plain[script]).read_text() if script in plain else help_of(script)
    assert all(flag.removeprefix("--") in known for flag in flags), known


def test_job_definitions_that_are_shown_are_made():
    pages = "".join(page.read_text() for page in (REPOSITORY / "docs").glob("*.md"))
    shown = set(re.findall(r"--job-definition (\S+)", pages))
    made = {one["JobDefinitionName"] for one in stack().resources("AWS::Batch::JobDefinition").values()}
    assert shown == made
    assert set(re.findall(r"--(?:submit-)?job-queue (\S+)", pages)) == {"s3haul"}


def test_the_notification_that_is_shown_is_for_what_workers_read():
    (shown,) = re.findall(r"^```json\n(.*?)^```", TEXT["work.md"], re.M | re.S)
    (configuration,) = json.loads(shown)["QueueConfigurations"]
    rules = {rule["Name"]: rule["Value"] for rule in configuration["Filter"]["Key"]["FilterRules"]}
    (policy,) = stack().resources("AWS::IAM::Role")["WorkerRole"]["Policies"]
    reading = [one for one in policy["PolicyDocument"]["Statement"] if "s3:GetObject" in one["Action"]]
    readable = tuple(one["Resource"].removeprefix("StateBucket/").removesuffix("*") for one in reading)
    # Not those of S3 Batch Operations jobs, which lie above.
    assert rules["prefix"].startswith(readable) and rules["prefix"] not in readable
    assert rules["suffix"] == ".jsonl"


@pytest.mark.parametrize("command", commands("aws "))
def test_operations_of_aws_are_there(command):
    _, service, operation, *words = shlex.split(command)
    if (service, operation) in HIGH_LEVEL:
        return
    model = botocore.session.get_session().get_service_model({"s3api": "s3"}.get(service, service))
    names = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower(): name for name in model.operation_names}
    members = model.operation_model(names[operation]).input_shape.members
    flags = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", member).lower() for member in members}
    assert {word.removeprefix("--") for word in words if word.startswith("--")} <= flags


def test_every_alarm_is_explained():
    alarms = set(stack().resources("AWS::CloudWatch::Alarm"))
    for_people = alarms - {"QueueHasMessages", "QueueIsDeep"}
    assert set(re.findall(r"^### (\w+)$", TEXT["operate.md"], re.M)) == for_people
    assert all(name in TEXT["operate.md"] for name in alarms)


def test_every_permission_is_explained():
    made = stack(
        CopyAcl="true", DeleteSource="true", DeleteVersions="true", KmsKeyArn="k", SourceKmsKeyArns="k"
    ).resources()
    actions = set()
    for resource in made.values():
        policies = [policy["PolicyDocument"] for policy in resource.get("Policies", [])]
        policies += [resource["PolicyDocument"]] if "PolicyDocument" in resource else []
        for statement in (one for policy in policies for one in policy["Statement"] if one["Effect"] == "Allow"):
            listed = statement["Action"]
            actions |= set(listed if isinstance(listed, list) else [listed])
    assert len(actions) > 30
    assert [action for action in sorted(actions) if f"`{action}`" not in TEXT["security.md"]] == []
    assert [role for role in stack().resources("AWS::IAM::Role") if role not in TEXT["security.md"]] == []


def test_parameters_that_are_named_are_there():
    parameters = stack().parameters
    named = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:=[^`]*)?`", "\n".join(TEXT.values())))
    shown = set(re.findall(r"--parameter (\w+)=", "\n".join(TEXT.values())))
    dimension = {"FunctionName"}
    assert (named | shown) - dimension <= set(parameters) | set(stack().resources())
