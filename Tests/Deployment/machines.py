"""Whoever runs the scripts that deploy, on a machine of the test's own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import uuid
from pathlib import Path

from lambdalimits import LambdaLimits
from stacklib.servers import client

SCRIPTS = Path(__file__).parents[2] / "scripts"
REQUIRED = ["--parameter", "SourceBucketArns=media,more", "--parameter", "DestinationBucket=archive"]


def moto(service: str):
    return client(service, os.environ["S3HAUL_TEST_MOTO"])


class Machine:
    """Whoever installs: a folder of remembered answers, and a container tool that only says what it was asked."""

    def __init__(self, folder: Path, limits: LambdaLimits, template: dict) -> None:
        self.limits = limits
        self.stack = f"s3haul-{uuid.uuid4().hex[:8]}"
        self.answers = folder / "answers"
        self.asked = folder / "asked"
        tool = folder / "podman"
        image = {
            "Id": "sha256:" + "ab" * 32,
            "Architecture": "amd64",
            "Labels": {"org.opencontainers.image.version": "1.2.3"},
        }
        tool.write_text(
            f'#!/bin/sh\necho "$@" >> {self.asked}\nif [ "$1" = image ]; then echo \'{json.dumps([image])}\'; fi\n'
        )
        tool.chmod(0o755)
        self.template = folder / "template.json"
        self.template.write_text(json.dumps(small(template)))
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": os.environ["S3HAUL_TEST_MOTO"],
            "AWS_ENDPOINT_URL_LAMBDA": limits.url,
            "CONTAINER_TOOL": str(tool),
        }

    def install(self, *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        options = ["--stack", self.stack, "--template", str(self.template), "--answers", str(self.answers)]
        return self.run("install", *options, *arguments, typed=typed)

    def run(self, script: str, *arguments: str, typed: str | None = None, **environment: str):
        """Runs a script; with something typed, at a terminal."""
        terminal, stdin = pty.openpty() if typed is not None else (None, subprocess.DEVNULL)
        process = subprocess.Popen(
            [SCRIPTS / script, *arguments],
            env={**self.environment, **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if terminal is not None:
            os.close(stdin)
            os.write(terminal, typed.encode())
        output, errors = process.communicate(timeout=90)
        if terminal is not None:
            os.close(terminal)
        return subprocess.CompletedProcess([script, *arguments], process.returncode, output, errors)

    def remembered(self) -> dict[str, str]:
        return json.loads((self.answers / "123456789012/us-east-1" / f"{self.stack}.json").read_text())


def small(template: dict) -> dict:
    """All parameters and outputs of the template, and as many of its resources as moto can make."""
    resources = {name: template["Resources"][name] for name in ("StateBucket", "TaskQueue", "DeadLetterQueue")}
    values = {
        "DriverArn": "arn:aws:lambda:us-east-1:123456789012:function:s3haul-driver",
        "BatchOperationsRoleArn": "arn:aws:iam::123456789012:role/s3haul-batch-operations",
        "JobQueue": os.environ["S3HAUL_TEST_JOB_QUEUE"],
    }
    outputs = {name: {"Value": value} for name, value in values.items()}
    outputs |= {name: template["Outputs"][name] for name in ("StateBucket", "TaskQueueUrl", "DeadLetterQueueUrl")}
    return {"Parameters": template["Parameters"], "Resources": resources, "Outputs": outputs}
