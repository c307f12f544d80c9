"""Settings and credentials from where AWS's tools take them, against servers that check signatures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from stacklib.servers import client

# What the environment says of keys and endpoints would win over the profile.
PROFILE_ALONE = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_ENDPOINT_URL_S3": "", "AWS_REGION": ""}


@pytest.fixture
def config(tmp_path):
    """Writes a config file, and gives the variables that name it."""

    def write(text: str) -> dict[str, str]:
        path = tmp_path / "config"
        path.write_text(text)
        return {**PROFILE_ALONE, "AWS_CONFIG_FILE": str(path), "AWS_PROFILE": "test", "HOME": str(tmp_path)}

    return write


def process_profile(command: str) -> str:
    return f"""
[profile test]
region = us-east-1
credential_process = {command}
services = local

[services local]
s3 =
  endpoint_url = {os.environ["S3HAUL_TEST_S3"]}
"""


def keys(path: Path, secret: str) -> str:
    document = {"Version": 1, "AccessKeyId": os.environ["AWS_ACCESS_KEY_ID"], "SecretAccessKey": secret}
    path.write_text(json.dumps(document))
    return f"cat {path}"


def test_a_credential_process_and_a_services_section(s3, s3haul, bucket, config, tmp_path):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    variables = config(process_profile(keys(tmp_path / "keys", os.environ["AWS_SECRET_ACCESS_KEY"])))
    process = s3haul("copy", f"s3://{bucket}/a", f"s3://{bucket}/b", **variables)
    assert process.returncode == 0, process.stderr
    assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() == b"content"


def test_a_wrong_secret_is_told_and_not_shown(s3, s3haul, bucket, config, tmp_path):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    variables = config(process_profile(keys(tmp_path / "keys", "hush-hush")))
    process = s3haul("copy", f"s3://{bucket}/a", f"s3://{bucket}/b", "--output", "json", **variables)
    assert process.returncode in (1, 2)
    assert "hush" not in process.stdout + process.stderr
    assert "Forbidden" in process.stdout + process.stderr or "403" in process.stdout + process.stderr


def test_no_credentials_are_told_source_by_source(s3haul, bucket, config):
    process = s3haul("copy", f"s3://{bucket}/a", f"s3://{bucket}/b", **config("[profile test]\nregion = us-east-1\n"))
    assert process.returncode in (1, 2)
    for source in ("environment", "role", "SSO", "credential_process", "container endpoint", "EC2 instance metadata"):
        assert source in process.stderr


def test_a_role_of_another_profile(s3haul, config):
    moto = os.environ["S3HAUL_TEST_MOTO"]
    s3 = client("s3", moto)
    s3.create_bucket(Bucket="roles")
    s3.put_object(Bucket="roles", Key="a", Body=b"content")
    variables = config(f"""
[profile test]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/copier
source_profile = base
endpoint_url = {moto}

[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
""")
    process = s3haul("copy", "s3://roles/a", "s3://roles/b", **variables)
    assert process.returncode == 0, process.stderr
    assert s3.get_object(Bucket="roles", Key="b")["Body"].read() == b"content"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profile test\n", "config:1: a section's name must end with ]"),
        ("[profile other]\n", 'AWS_PROFILE names the profile "test"'),
        ("[profile test]\nendpoint_url = localhost:9000\n", 'config:2 is "localhost:9000"'),
        ("[profile test]\nmax_attempts = lots\n", 'config:2 is "lots"; it must be a number'),
    ],
)
def test_a_wrong_config_file_is_one_line(s3haul, config, text, message):
    process = s3haul("copy", "s3://bucket/a", "s3://bucket/b", **config(text))
    assert process.returncode == 2
    assert message in process.stderr
    assert len(process.stderr.splitlines()) == 1


@pytest.mark.parametrize(("status", "outcome"), [(200, "attempt 1: ok"), (503, "attempt 2: ok"), (403, "403")])
def test_the_most_verbose_level_shows_requests_and_no_secret(
    s3, s3haul, bucket, config, faults, tmp_path, status, outcome
):
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    secret = os.environ["AWS_SECRET_ACCESS_KEY"] if status != 403 else "canary-secret-key"
    document = {"Version": 1, "AccessKeyId": os.environ["AWS_ACCESS_KEY_ID"], "SecretAccessKey": secret}
    (tmp_path / "keys").write_text(json.dumps(document))
    variables = config(process_profile(f"cat {tmp_path / 'keys'}"))
    variables["AWS_ENDPOINT_URL_S3"] = os.environ["S3HAUL_TEST_S3_PROXY"]
    if status == 503:
        reply = {"status": 503, "code": "SlowDown", "message": "Slow down"}
        faults.add({"operation": "HeadObject", "count": 1, "reply": reply})
    records = tmp_path / "records"
    flags = ("--verbose", "--output", "json", "--records", str(records))
    process = s3haul("copy", *flags, f"s3://{bucket}/a", f"s3://{bucket}/b", **variables)
    shown = process.stdout + process.stderr + records.read_text()
    assert process.returncode == (1 if status == 403 else 0), shown
    assert f"HeadObject s3://{bucket}/a" in process.stderr and outcome in process.stderr
    assert secret not in shown
    assert "Signature" not in shown and "Credential=" not in shown
