"""Objects that were too large for a bundle and lie beside its archive: listed, restored and verified by its index."""

from __future__ import annotations

import json

import pytest
from bundles import MIB, keys, manifest, place, summary

SIZE = 6 * MIB


@pytest.fixture
def run(s3haul, tmp_path):
    return lambda *words, **environment: s3haul(*map(str, words), XDG_CACHE_HOME=str(tmp_path / "cache"), **environment)


@pytest.fixture
def bundled(s3, run, bucket, archives, tmp_path):
    """A function that makes a bundle of these objects, those above 5 MiB beside it; returns its archive's address."""

    def make(bodies: dict[str, bytes], **properties) -> str:
        for key, body in bodies.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body, **properties)
        done = run(
            "bundle", "--manifest", manifest(tmp_path / "day.csv", bucket, list(bodies)), "--to", f"s3://{archives}",
            "--max-size", "5MiB", "--output", "json",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return summary(done)["index"].removesuffix(".index.jsonl.gz")

    return make


def test_a_bundle_without_an_archive_is_read_by_its_index(s3, run, bundled, bucket, archives, tmp_path):
    bodies = {"film/a": b"a" * SIZE, "film/b": b"b" * (SIZE + 1)}
    address = bundled(bodies)
    assert place(address)["Key"] not in keys(s3, archives)
    listed = run("list", address)
    assert listed.returncode == 0, listed.stderr
    assert [line.split("\t")[0::2] for line in listed.stdout.splitlines()] == [
        [str(len(body)), key] for key, body in bodies.items()
    ]
    done = run("extract", address, "film/b", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / bucket / "film/b").read_bytes() == bodies["film/b"]
    for flags in [[], ["--deep"], ["--sources", "--deep"]]:
        verified = run("verify", address, *flags)
        assert verified.returncode == 0, verified.stderr
        assert verified.stdout.startswith("verified 2 members, 12 MiB, by the index")


def test_a_member_of_an_archive_that_is_gone_fails_alone(s3, run, bundled, bucket, tmp_path):
    address = bundled({"small": b"s", "film": b"f" * SIZE})
    s3.delete_object(**place(address))
    done = run("extract", address, "--to", tmp_path / "out", "--output", "json")
    assert done.returncode == 1, done.stderr
    outcomes = {line["key"]: line["outcome"] for line in map(json.loads, done.stdout.splitlines())}
    assert outcomes == {"small": "failed", "film": "restored"}
    assert "small: the archive that it is in is not there" in done.stderr
    assert run("verify", address).returncode == 1
