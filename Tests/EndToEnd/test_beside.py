"""Objects that were too large for a bundle and lie beside its archive: listed, restored and verified by its index."""

from __future__ import annotations

import base64
import json
import os
import uuid
import zlib
from types import SimpleNamespace

import pytest
from archivekit import bundle
from bundles import MIB, keys, manifest, place, summary, through_proxy
from conftest import client

SIZE = 6 * MIB


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


@pytest.fixture
def cold(run, tmp_path):
    """Functions that put a bundle with two objects beside its archive into moto, which knows Glacier, and run s3haul
    there."""
    moto = os.environ["S3HAUL_TEST_MOTO"]
    s3 = client("s3", moto)
    name = f"cold-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)

    def make(archive_class: str, beside_class: str) -> SimpleNamespace:
        made = bundle(tmp_path, "tar.gz", {"small": 5})
        for key in ["film/a", "film/b"]:
            s3.put_object(Bucket=name, Key=key, Body=key.encode(), StorageClass=beside_class)
            made.entries.append({"bucket": "photos", "key": key, "size": 6, "archive": f"s3://{name}/{key}"})
        address = made.put(s3, name, "k")
        s3.put_object(Bucket=name, Key="k", Body=made.archive, StorageClass=archive_class)

        def asked() -> list[str]:
            return [key for key in ["k", "film/a", "film/b"] if "Restore" in s3.head_object(Bucket=name, Key=key)]

        return SimpleNamespace(address=address, asked=asked)

    return make, lambda *words: run(*words, AWS_ENDPOINT_URL_S3=moto)


def test_objects_in_glacier_beside_an_archive_that_is_not(cold, tmp_path):
    make, run = cold
    made = make("STANDARD", "DEEP_ARCHIVE")
    out = tmp_path / "out"
    refused = run("extract", made.address, "--to", out)
    assert (refused.returncode, made.asked()) == (1, [])
    assert "film/a is in DEEP_ARCHIVE: it must be restored before it can be read" in refused.stderr
    assert [path.name for path in out.rglob("small")] == ["small"]
    later = run("extract", made.address, "small", "film/a", "--to", out, "--restore", "Bulk", "--days", "3")
    assert (later.returncode, made.asked()) == (75, ["film/a"])
    assert "film/a is being restored from DEEP_ARCHIVE; the same command works once it is" in later.stderr
    done = run("extract", made.address, "small", "film/a", "--to", out, "--restore", "Bulk")
    assert done.returncode == 0, done.stderr
    assert (out / "photos" / "film" / "a").read_bytes() == b"film/a"


def test_archive_and_objects_beside_it_are_asked_for_at_once(cold, tmp_path):
    make, run = cold
    made = make("GLACIER", "GLACIER")
    assert run("extract", made.address, "--to", tmp_path / "out").returncode == 2
    assert made.asked() == []
    later = run("extract", made.address, "--to", tmp_path / "out", "--restore", "Standard")
    assert (later.returncode, made.asked()) == (75, ["k", "film/a", "film/b"])
    done = run("extract", made.address, "--to", tmp_path / "out", "--restore", "Standard")
    assert done.returncode == 0, done.stderr


def test_what_is_not_wanted_is_not_asked_for(cold, tmp_path):
    make, run = cold
    made = make("GLACIER", "GLACIER")
    done = run("extract", made.address, "film/b", "--to", tmp_path / "out", "--restore", "Expedited", "--wait")
    assert done.returncode == 0, done.stderr
    assert "waiting until what lies beside the archive is restored" in done.stderr
    assert made.asked() == ["film/b"]
    assert (tmp_path / "out" / "photos" / "film" / "b").read_bytes() == b"film/b"
    verified = run("verify", made.address, "--restore", "Expedited", "--wait")
    assert verified.returncode == 0, verified.stderr
    assert made.asked() == ["k", "film/b"]
    deep = run("verify", made.address, "--deep", "--restore", "Expedited", "--wait")
    assert (deep.returncode, made.asked()) == (0, ["k", "film/a", "film/b"]), deep.stderr


def test_objects_beside_an_archive_are_what_was_stored(s3, run, bucket, tmp_path):
    made = bundle(tmp_path, "tar.gz", {"small": 5})
    body, other = b"film" * 1000, b"news" * 1000
    crc32 = "CRC32:" + base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()

    def beside(key: str, stored: bytes, **fields: str) -> None:
        etag = s3.put_object(Bucket=bucket, Key=f"beside/{key}", Body=stored)["ETag"].strip('"')
        entry = {"bucket": bucket, "key": key, "size": 4000, "etag": "0" * 32 + "-2", **fields}
        entry = {field: etag if value == "its own" else value for field, value in entry.items()}
        made.entries.append({**entry, "archive": f"s3://{bucket}/beside/{key}"})

    beside("kept", body, copy_etag="its own")
    beside("replaced", other, copy_etag="1" * 32)
    beside("unknown", body)
    source = s3.put_object(Bucket=bucket, Key="unlike its source", Body=body)["ETag"].strip('"')
    beside("unlike its source", other, etag=source)
    beside("checked", body, copy_etag="its own", copy_checksum=crc32)
    beside("other checksum", other, copy_etag="its own", copy_checksum=crc32)
    beside("other bytes", body, copy_etag="its own", copy_checksum="CRC32C:AAAAAA==")
    address = made.put(s3, bucket, "k")
    looked = run("verify", address)
    assert looked.returncode == 1
    assert "beside/replaced has another ETag than it was stored with" in looked.stderr
    assert looked.stdout.startswith("verified 6 members")
    assert "2 failed; 2 members beside the archive by size alone, --deep reads them" in looked.stdout
    deep = run("verify", address, "--deep", "--output", "json")
    failed = {line["key"]: line["message"] for line in map(json.loads, deep.stdout.splitlines()) if "message" in line}
    assert sorted(failed) == ["other bytes", "other checksum", "replaced", "unlike its source"]
    assert "its copy beside the archive has other bytes" in failed["unlike its source"]
    assert "the CRC32C" in failed["other bytes"]
    assert "has the checksum CRC32:" in failed["other checksum"]
    for target in [tmp_path / "out", f"s3://{bucket}/back/"]:
        done = run("extract", address, "replaced", "other checksum", "kept", "checked", "--to", target)
        assert done.returncode == 1
        assert "beside/replaced has another ETag than it was stored with" in done.stderr
        assert "beside/other checksum has the checksum CRC32:" in done.stderr
    kept = ["checked", "kept"]
    assert sorted(path.name for path in (tmp_path / "out" / bucket).iterdir()) == kept
    assert [key for key in keys(s3, bucket) if key.startswith("back/")] == [f"back/{key}" for key in kept]
    listed = run("list", address, "checked", "--output", "json")
    assert json.loads(listed.stdout)["copy_checksum"] == crc32


def test_an_object_beside_an_archive_is_copied_back_and_not_read(s3, run, bundled, bucket, faults):
    properties = {"ContentType": "video/x", "CacheControl": "no-cache", "Metadata": {"a": "b"}}
    body = b"f" * SIZE
    address = bundled({"film": body, "small": b"s"}, **properties, Tagging="c=d")
    faults.clear()
    target = f"s3://{bucket}/back/"
    done = run("extract", address, "film", "--to", target, **through_proxy())
    assert done.returncode == 0, done.stderr
    assert (faults.count("GetObject"), faults.count("PutObject")) == (1, 0)
    back = s3.get_object(Bucket=bucket, Key="back/film")
    assert back["Body"].read() == body
    assert {name: back[name] for name in properties} == properties
    assert s3.get_object_tagging(Bucket=bucket, Key="back/film")["TagSet"] == [{"Key": "c", "Value": "d"}]
    again = run("extract", address, "--to", target, "--output", "json")
    assert again.returncode == 0, again.stderr
    outcomes = {line["key"]: line["outcome"] for line in map(json.loads, again.stdout.splitlines())}
    assert outcomes == {"film": "unchanged", "small": "restored"}
    s3.put_object(Bucket=bucket, Key="back/film", Body=b"mine")
    assert run("extract", address, "film", "--to", target).returncode == 1
    assert s3.get_object(Bucket=bucket, Key="back/film")["Body"].read() == b"mine"
