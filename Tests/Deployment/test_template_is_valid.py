"""template.yaml before the linters and the scanner, each with a mistake that it must see."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import yaml
from conftest import CFN_LINT, CHECKOV, REPOSITORY, SAM, TEMPLATE
from deploylib.template import BODY_BYTES, body

TEXT = (REPOSITORY / "template.yaml").read_text()


def run(*command: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"}
    return subprocess.run(
        [str(word) for word in command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def spoil(tmp_path, good: str, bad: str):
    assert TEXT.count(good) >= 1
    spoilt = tmp_path / "template.yaml"
    spoilt.write_text(TEXT.replace(good, bad))
    return spoilt


def checkov(template) -> dict:
    checked = run(CHECKOV, "--file", template, "--framework", "cloudformation", "--output", "json", "--skip-download")
    return json.loads(checked.stdout)["results"]


def test_cloudformation_reads_its_yaml():
    """CloudFormation knows no anchors and aliases (User Guide, "CloudFormation template format"); the linters do."""
    tokens = list(yaml.scan(TEXT))
    assert len(tokens) > 1000
    assert [token for token in tokens if isinstance(token, yaml.AnchorToken | yaml.AliasToken)] == []


# CloudFormation Template Reference, "Rule functions": what may be in Rules. The linters let others pass.
RULE_FUNCTIONS = {
    *("Fn::And", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals", "Fn::Not", "Fn::Or"),
    *("Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll", "Ref"),
}


def functions_in(value) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(functions_in, value))
    if not isinstance(value, dict):
        return set()
    own = {name for name in value if name.startswith("Fn::") or name in ("Ref", "Condition")}
    return own.union(*map(functions_in, value.values()))


def test_rules_have_the_functions_that_cloudformation_takes_there():
    used = functions_in(TEMPLATE["Rules"])
    assert used and used <= RULE_FUNCTIONS


def test_it_is_as_small_as_a_change_set_takes():
    sent = body(TEMPLATE)
    assert len(sent.encode()) <= BODY_BYTES
    dashboard = json.loads(sent)["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert json.loads(dashboard) == json.loads(shown)


def test_sam_takes_it():
    validated = run(SAM, "validate", "--lint", "--template", REPOSITORY / "template.yaml")
    assert validated.returncode == 0, validated.stdout + validated.stderr


def test_cfn_lint_finds_nothing():
    linted = run(CFN_LINT, REPOSITORY / "template.yaml")
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("SPOT_PRICE_CAPACITY_OPTIMIZED", "SPOT_CAPACITY_OPTIMISED"),
        ("!Ref JobAttempts", "!Ref JobAttemps"),
        ("Action: RETRY", "Action: AGAIN"),
    ],
)
def test_cfn_lint_looks(tmp_path, good, bad):
    assert run(CFN_LINT, spoil(tmp_path, good, bad)).returncode != 0


def test_the_scanner_finds_nothing_that_is_not_explained():
    results = checkov(REPOSITORY / "template.yaml")
    assert [f"{check['check_id']} {check['resource']}" for check in results["failed_checks"]] == []
    assert len(results["passed_checks"]) > 40
    skipped = {(check["resource"].split(".")[-1], check["check_id"]) for check in results["skipped_checks"]}
    assert skipped == {(name, exception["id"]) for name, exception in exceptions()}


def test_the_scanner_looks(tmp_path):
    spoilt = spoil(tmp_path, "BlockPublicPolicy: true", "BlockPublicPolicy: false")
    assert [check["check_id"] for check in checkov(spoilt)["failed_checks"]] == ["CKV_AWS_54"]


def exceptions():
    for name, resource in TEMPLATE["Resources"].items():
        for exception in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            yield name, exception


def test_every_exception_is_explained():
    for name, exception in exceptions():
        assert len(exception["comment"]) > 20, f"{name} {exception['id']}"
