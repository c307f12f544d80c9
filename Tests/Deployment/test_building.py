"""How the image is built, and what it takes: with a container tool that only says what it was asked."""

from __future__ import annotations

import os
import platform
import subprocess

import pytest
from conftest import REPOSITORY

NO_ATTESTATIONS = {"--provenance=false", "--sbom=false"}
THIS = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
OTHER = "x86_64" if THIS == "arm64" else "arm64"


@pytest.mark.parametrize(
    ("version", "has_buildx", "wanted", "unwanted"),
    [
        ("Docker version 27.1.1, build 1", True, NO_ATTESTATIONS, {"--timestamp"}),
        ("Docker version 20.10.24, build 1", False, set(), NO_ATTESTATIONS | {"--timestamp"}),
        ("podman version 4.3.1", True, {"--timestamp", "--no-cache"}, NO_ATTESTATIONS),
    ],
)
def test_the_image_is_one_that_lambda_takes(tmp_path, version, has_buildx, wanted, unwanted):
    """Of attestations docker makes an index, which Lambda refuses."""
    tool = tmp_path / "tool"
    tool.write_text(
        "#!/bin/sh\n"
        f'case "$1" in --version) echo "{version}" ;; buildx) exit {0 if has_buildx else 1} ;;\n'
        f'build) printf "%s\\n" "$@" > {tmp_path}/asked ;; esac\n'
    )
    tool.chmod(0o755)
    built = subprocess.run(
        [REPOSITORY / "scripts/image", "--inside", "--platform", "linux/arm64"],
        env={**os.environ, "CONTAINER_TOOL": str(tool)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    words = (tmp_path / "asked").read_text().splitlines()
    assert wanted <= set(words) and not unwanted & set(words)
    assert words[words.index("--platform") + 1] == "linux/arm64"


def planned(*words: str) -> list[str]:
    """What make would run."""
    environment = {name: value for name, value in os.environ.items() if name not in ("STACK", "ARCHITECTURE")}
    command = ["make", "--no-print-directory", "--dry-run", *words]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_another_architecture_has_its_image_and_its_stack():
    lines = planned("install", f"ARCHITECTURE={OTHER}")
    foreign = {"arm64": "arm64", "x86_64": "amd64"}[OTHER]
    assert lines[-2:] == [
        f"scripts/image --platform linux/{foreign}",
        f"scripts/install --stack s3haul --parameter Architecture={OTHER}",
    ]
    assert not any(line.startswith("swift build") for line in lines)


def test_this_architecture_has_the_programs_that_are_built_here():
    lines = planned("install", f"ARCHITECTURE={THIS}")
    assert any(line.startswith("swift build") for line in lines) and "scripts/image" in lines
    assert lines[-1] == f"scripts/install --stack s3haul --parameter Architecture={THIS}"


@pytest.mark.parametrize("variant", ["publisher", "subscriber"])
def test_what_is_checked_before_is_the_stack_that_is_installed(variant):
    lines = planned(f"{variant}-stack")
    assert f"scripts/install --check --stack s3haul-{variant}" in lines
    assert lines[-1] == f"scripts/install --variant {variant} --stack s3haul-{variant}"
    assert planned(f"{variant}-stack", "STACK=mine")[-1].endswith("--stack mine")


def test_setup_says_where_swift_is(tmp_path):
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    missing = subprocess.run(
        [REPOSITORY / "scripts/setup"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert missing.returncode == 2
    assert "swift is not installed" in missing.stderr and "https://www.swift.org/install" in missing.stderr
