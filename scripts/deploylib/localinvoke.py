"""Runs the driver of template.yaml on this machine, in its image, by sam local invoke.

The function has the environment that the template gives it, and above that every S3HAUL_ and AWS_ENDPOINT_URL variable
of whoever calls. What the template would make, such as queues, is not there: name others by S3HAUL_JOB_QUEUE and
S3HAUL_JOB_DEFINITION. The driver's log goes to standard error, its answer to standard output.

    scripts/image
    AWS_ENDPOINT_URL_S3=https://storage.example.com scripts/local-invoke events/schema-2.0.json
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .containers import docker_api
from .problem import Problem, run
from .template import Stack, load

REPOSITORY = Path(__file__).parents[2]
SAM = REPOSITORY / ".venv-sam/bin/sam"
PLACEHOLDERS = {"SourceBucketArns": "arn:aws:s3:::source", "DestinationBucket": "destination", "ImageTag": "local"}


def driver(parameters: dict[str, str], image: str, shell_image: str) -> dict[str, Any]:
    """A template of the driver alone, with nothing left to resolve: SAM resolves less than CloudFormation."""
    stack = Stack(load(REPOSITORY / "template.yaml"), **{**PLACEHOLDERS, **parameters})
    properties = stack.resources("AWS::Lambda::Function")["Driver"]
    wanted = ("S3HAUL_", "AWS_ENDPOINT_URL", "AWS_MAX_ATTEMPTS")
    properties["Environment"]["Variables"] = {
        **{name: _unless_made(value, stack) for name, value in properties["Environment"]["Variables"].items()},
        **{name: value for name, value in os.environ.items() if name.startswith(wanted) and "_TEST_" not in name},
    }
    metadata = {
        "Dockerfile": "Containerfile",
        "DockerContext": str(REPOSITORY / "container/local"),
        "DockerTag": "local",
        "DockerBuildArgs": {"IMAGE": image, "SHELL_IMAGE": shell_image},
    }
    resource = {"Type": "AWS::Lambda::Function", "Metadata": metadata, "Properties": properties}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Driver": resource},
    }


def _unless_made(value: str, stack: Stack) -> str:
    """The value, or nothing where it names what only CloudFormation makes."""
    return "" if any(name in value for name in stack.template["Resources"]) else value


def invoke(event: Path, template: dict[str, Any]) -> dict[str, Any]:
    """The driver's answer to an event."""
    with docker_api() as docker, tempfile.TemporaryDirectory(prefix="s3haul-local-") as folder:
        environment = {**os.environ, **docker, "SAM_CLI_TELEMETRY": "0"}
        environment.setdefault("AWS_DEFAULT_REGION", os.environ.get("AWS_REGION", "us-east-1"))
        source, built = Path(folder, "template.json"), Path(folder, "built")
        source.write_text(json.dumps(template))
        building = _sam(environment, "build", "Driver", "--template", source, "--build-dir", built)
        if building.returncode != 0:
            raise Problem(f"sam build failed; it ends:\n{building.stderr[-2000:]}")
        invoked = _sam(
            environment,
            *("local", "invoke", "Driver", "--template", built / "template.yaml", "--event", event.resolve()),
            "--skip-pull-image",
            log=None,
        )
    # SAM ends with 0 whatever the function does.
    try:
        answer = json.loads(invoked.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        answer = {}
    if "results" not in answer:
        raise Problem(f"the driver gave no answer; SAM printed {invoked.stdout.strip() or 'nothing'}")
    return answer


def _sam(
    environment: dict[str, str], *arguments: object, log: int | None = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    command = [str(SAM), *map(str, arguments)]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, check=False)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/local-invoke", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("event", type=Path, help="a file with an event of S3 Batch Operations, as those in events/")
    parser.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter of template.yaml"
    )
    parser.add_argument(
        "--image", default="localhost/s3haul:latest", help="the driver's image; scripts/image builds it"
    )
    parser.add_argument(
        "--shell-image", default="docker.io/library/busybox:musl", help="an image that has a static /bin/busybox"
    )
    arguments = parser.parse_args()
    if not arguments.event.is_file():
        raise Problem(f"there is no event {arguments.event}; try events/schema-2.0.json")
    if not SAM.exists():
        raise Problem("SAM is not installed; run make setup")
    try:
        parameters = dict(pair.split("=", 1) for pair in arguments.parameter)
        template = driver(parameters, arguments.image, arguments.shell_image)
    except ValueError as error:
        raise Problem(f"--parameter: {error}") from None
    answer = invoke(arguments.event, template)
    print(json.dumps(answer, indent=2))
    return 0


if __name__ == "__main__":
    run("local-invoke", main)
