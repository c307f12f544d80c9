"""Installs s3haul into an AWS account: pushes the image, and makes or changes the stack of template.yaml.

The first time it asks for what it must know; the answers are kept in .s3haul/ACCOUNT/REGION/STACK.json, and --ask asks
again. Every parameter of the template can be given by --parameter. What would change is shown before it is done.

    scripts/install
    scripts/install --variant publisher --stack s3haul-publisher
    scripts/install --yes --parameter SourceBucketArns=media --parameter DestinationBucket=archive
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from . import concurrency, stacks
from .account import Account, account
from .answers import Answers, complete, problem_with
from .containers import container_tool
from .problem import Problem, run
from .registry import push
from .template import body, load

REPOSITORY = Path(__file__).parents[2]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/install", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", default="s3haul", help="the stack's name (default: s3haul)")
    parser.add_argument("--region", help="the region (default: AWS_REGION, or the profile's)")
    parser.add_argument("--variant", choices=["plain", "publisher", "subscriber"], help="the parameter Variant")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    parser.add_argument("--ask", action="store_true", help="ask again what was answered before")
    parser.add_argument("--check", action="store_true", help="see whether tools and credentials are there, and end")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask before the change")
    parser.add_argument("--template", type=Path, default=REPOSITORY / "template.yaml", help=argparse.SUPPRESS)
    parser.add_argument("--answers", type=Path, default=REPOSITORY / ".s3haul", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if wrong := [pair for pair in arguments.parameter if "=" not in pair]:
        raise Problem(f"--parameter {wrong[0]}: it must be NAME=VALUE")
    stacks.check_name(arguments.stack)
    return arguments


def main() -> int:
    arguments = parse()
    where = account(arguments.region)
    print(f"install: {arguments.stack} in {where.region} of account {where.id}, as {where.caller}", file=sys.stderr)
    container_tool()
    template = load(arguments.template)
    given = dict(pair.split("=", 1) for pair in arguments.parameter)
    if arguments.variant:
        given["Variant"] = arguments.variant
    answers = Answers(arguments.answers / where.id / where.region, arguments.stack)
    check_concurrency(where, arguments.stack, template["Parameters"]["DriverConcurrency"], {**answers.values, **given})
    if arguments.check:
        return 0
    # One of its own: what a stack removes, or pushes over the tenth, is no other's.
    given = {"ImageRepository": answers.values.get("ImageRepository", arguments.stack.lower()), **given}
    parameters = complete(template["Parameters"], answers, given, where.partition, again=arguments.ask)
    if "ImageTag" not in given:
        defaults = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()}
        repository, architecture = ({**defaults, **parameters}[name] for name in ("ImageRepository", "Architecture"))
        parameters["ImageTag"] = "not-pushed-yet" if arguments.dry_run else push(where, repository, architecture)

    cloudformation = where.client("cloudformation")
    if not arguments.dry_run:
        stacks.clear_failed(cloudformation, arguments.stack, yes=arguments.yes)
    change = stacks.Change(cloudformation, arguments.stack, body(template), parameters)
    for line in change.changes:
        print(line)
    if not change.changes:
        change.discard()
        print(f"install: {arguments.stack} is as it should be", file=sys.stderr)
    elif arguments.dry_run or not stacks.confirm("Make these changes?", yes=arguments.yes):
        change.discard()
        print("install: nothing was changed", file=sys.stderr)
        return 0
    else:
        change.execute()
    for name, value in stacks.outputs(cloudformation, arguments.stack).items():
        print(f"{name:<24}{value}")
    print(f"install: next, scripts/create-job --stack {arguments.stack} --manifest FILE", file=sys.stderr)
    return 0


def check_concurrency(where: Account, stack: str, parameter: dict[str, Any], known: dict[str, str]) -> None:
    wanted = known.get("DriverConcurrency", str(parameter["Default"]))
    if problem := problem_with("DriverConcurrency", wanted, parameter):
        raise Problem(problem)
    concurrency.check(where.client("lambda"), stack, int(wanted))


if __name__ == "__main__":
    run("install", main)
