"""The driver as a zip for provided.al2023: what it needs, how large it is, how it starts, and that it answers."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile

import pytest
from conftest import REPOSITORY, VARIANTS, stack
from runtimeapi import invoke, milliseconds_to_first_request
from stacklib.lambdas import Emulator

PACKAGE = REPOSITORY / "scripts/package"


@pytest.fixture(scope="module")
def package():
    packed = subprocess.run([PACKAGE], capture_output=True, text=True, timeout=400, check=False)
    assert packed.returncode == 0, packed.stdout + packed.stderr
    return REPOSITORY / ".build/package/bootstrap.zip"


@pytest.fixture(scope="module")
def bootstrap(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("var-task")
    with zipfile.ZipFile(package) as archive:
        (member,) = archive.infolist()
        assert stat.S_IMODE(member.external_attr >> 16) == 0o755
        program = folder / archive.extract(member, folder)
    program.chmod(0o755)
    return program


def test_it_is_small_enough(package, bootstrap, limits):
    assert package.stat().st_size <= limits["zip bytes"], "see container/limits.json"
    assert bootstrap.stat().st_size <= limits["bootstrap of the zip bytes"], "see container/limits.json"


def test_it_starts_quickly(bootstrap, limits):
    took = milliseconds_to_first_request([str(bootstrap)], os.environ)
    print(f"zip: {took:.1f} ms")
    assert took <= limits["milliseconds from start to the first request, zip"], "see container/limits.json"


def test_it_needs_what_the_runtime_has(bootstrap):
    """Seen by another tool than the one that the script asks."""
    needed = subprocess.run(["readelf", "--dynamic", "--version-info", bootstrap], capture_output=True, text=True)
    libraries = {line.split("[")[1].rstrip("]") for line in needed.stdout.splitlines() if "(NEEDED)" in line}
    assert {name.split("-")[0] for name in libraries} == {"libc.so.6", "libm.so.6", "ld"}
    versions = {word for word in needed.stdout.split() if word.startswith("GLIBC_2.")}
    assert versions and max(int(version.split(".")[1]) for version in versions) <= 34


def compile_c(tmp_path, source: str, *flags: str):
    (tmp_path / "program.c").write_text(source)
    program = tmp_path / "program"
    subprocess.run(["clang", "-o", program, tmp_path / "program.c", *flags], check=True)
    return program


@pytest.mark.parametrize(
    ("source", "flags", "complaint"),
    [
        (
            "#include <stdlib.h>\nint main(void) { return (int)arc4random(); }",
            [],
            "GLIBC_2.36; provided.al2023 has GLIBC_2.34",
        ),
        (
            "#include <zlib.h>\nint main(void) { return (int)crc32(0, 0, 0); }",
            ["-lz"],
            "needs libz.so.1 which provided.al2023 may not have",
        ),
    ],
)
def test_what_the_runtime_has_not_is_refused(tmp_path, source, flags, complaint):
    program = compile_c(tmp_path, source, *flags)
    checked = subprocess.run([PACKAGE, "check", program], capture_output=True, text=True, check=False)
    assert checked.returncode == 1 and complaint in checked.stderr


@pytest.mark.parametrize("name", VARIANTS)
def test_it_starts_with_the_settings_of_the_template(bootstrap, name):
    """A wrong one would be reported before the first invocation is asked for."""
    made = stack(**VARIANTS[name]).resources("AWS::Lambda::Function")["Driver"]["Environment"]["Variables"]
    real = {"StateBucket": "state", "TaskQueue": "https://sqs.eu-central-1.amazonaws.com/111122223333/tasks"}
    environment = dict(os.environ)
    for variable, value in made.items():
        for resource, its_name in real.items():
            value = value.replace(resource, its_name)
        environment[variable] = value
    assert milliseconds_to_first_request([str(bootstrap)], environment, runs=1) > 0


def test_it_copies(bootstrap, s3, tmp_path):
    """In Lambda's own emulator, with the real server behind it: name look-up, TLS library and all are its own."""
    for bucket in ("package-source", "package-destination"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="package-source", Key="a b", Body=b"hello")
    port = os.environ["S3HAUL_TEST_S3"].rsplit(":", 1)[1]
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": f"http://localhost:{port}",
        "S3HAUL_DESTINATION_BUCKET": "package-destination",
    }
    emulator = Emulator(bootstrap, environment, tmp_path / "log")
    try:
        event = json.loads((REPOSITORY / "events/schema-2.0.json").read_text())
        event["job"].pop("userArguments")
        event["tasks"][0] |= {"s3Bucket": "package-source", "s3Key": "a+b"}
        answer = invoke(emulator, event)
    finally:
        emulator.kill()
    assert answer["results"][0]["resultCode"] == "Succeeded", answer
    assert s3.get_object(Bucket="package-destination", Key="a b")["Body"].read() == b"hello"
