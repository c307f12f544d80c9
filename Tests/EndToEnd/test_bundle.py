"""s3haul bundle against a real server, with boto3, tarfile and zipfile as the witnesses."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import uuid
import zipfile
from urllib.parse import quote

import pytest

ODD_KEYS = [
    "plain",
    "a b",
    "a+b",
    "100%",
    "a,b",
    'q"uote',
    "é/ü",
    "日本/語 📦",
    "x" * 200 + "/" + "y" * 200,
    "~*'()&=?#;:@$!",
    "2026/11/21/0_6/x.xml",
    "2026/11/21/0/6_x.xml",
    "trailing/",
]


@pytest.fixture
def archives(s3):
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


def manifest(path, bucket: str, keys: list[str]) -> str:
    path.write_text("".join(f"{bucket},{quote(key, safe='/')}\n" for key in keys))
    return str(path)


def summary(done) -> dict:
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def place(uri: str) -> dict:
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    return {"Bucket": bucket, "Key": key}


def read(s3, uri: str) -> bytes:
    return s3.get_object(**place(uri))["Body"].read()


def index(s3, bundle: dict) -> list[dict]:
    return [json.loads(line) for line in gzip.decompress(read(s3, bundle["index"])).splitlines()]


def keys(s3, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sorted(o["Key"] for page in pages for o in page.get("Contents", []))


def member(archive: bytes, entry: dict) -> bytes:
    """The bytes of an entry, by nothing but its place in the archive."""
    frame = archive[entry["frame_offset"] :][: entry["frame_length"]]
    if entry["frame_encoding"] == "gzip":
        frame = gzip.decompress(frame)
    return frame[entry["data_offset"] :][: entry["data_length"]]


def test_every_object_is_in_the_archive_and_found_by_the_index(s3, s3haul, bucket, archives, tmp_path):
    bodies = {key: os.urandom(n * 77) * (not key.endswith("/")) for n, key in enumerate(ODD_KEYS)}
    for key, body in bodies.items():
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType="text/x-odd", Metadata={"camera": "3, 4"},
            CacheControl="max-age=1", Tagging="team=media&kind=a%2Bb",
        )  # fmt: skip
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "day.csv", bucket, ODD_KEYS), "--to", f"s3://{archives}/x",
        "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bundle = summary(done)
    hashed = hashlib.md5(f"{bucket}/day".encode()).hexdigest()[:6]
    assert bundle["archive"] == f"s3://{archives}/x/{hashed}/{bucket}/day.tar.gz"
    assert (bundle["status"], bundle["archived"], bundle["failed"]) == ("finished", len(ODD_KEYS), 0)
    archive = read(s3, bundle["archive"])
    entries = index(s3, bundle)
    assert [entry["key"] for entry in entries] == ODD_KEYS
    for entry in entries:
        assert member(archive, entry) == bodies[entry["key"]]
        assert entry["metadata"] == {"camera": "3, 4"}
        assert entry["tags"] == {"team": "media", "kind": "a+b"}
        assert (entry["content_type"], entry["cache_control"]) == ("text/x-odd", "max-age=1")
        assert entry["etag"] == hashlib.md5(bodies[entry["key"]]).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = [m.name for m in tar.getmembers()]
        assert len(set(names)) == len(ODD_KEYS)
        assert not any(name.startswith("/") or ".." in name.split("/") for name in names)
        assert [tar.extractfile(m).read() for m in tar.getmembers()] == list(bodies.values())
    assert keys(s3, bucket) == sorted(ODD_KEYS)


@pytest.mark.parametrize("format", ["tar", "tar.gz", "tar.zst", "zip"])
def test_formats_and_templates(s3, s3haul, bucket, archives, tmp_path, format):
    for n in range(3):
        s3.put_object(Bucket=bucket, Key=f"sources/2017/02/10/{n}.xml", Body=b"<x/>" * 100 * n)
    names = [f"sources/2017/02/10/{n}.xml" for n in range(3)]
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, names), "--to", f"s3://{archives}",
        "--archive-format", format, "--archive-name", "{bucket}/{day}", "--index-format", "csv", "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bundle = summary(done)
    assert bundle["archive"] == f"s3://{archives}/{bucket}/20170210.{format}"
    assert keys(s3, archives) == sorted(
        f"{bucket}/20170210.{format}{suffix}" for suffix in ["", ".index.csv.gz", ".index.jsonl.gz"]
    )
    if format == "zip":
        with zipfile.ZipFile(io.BytesIO(read(s3, bundle["archive"]))) as archive:
            assert [archive.read(name) for name in archive.namelist()] == [b"<x/>" * 100 * n for n in range(3)]
    head = s3.head_object(**place(bundle["archive"]))
    assert head["ContentType"].startswith("application/")


def test_failures_are_dead_letters_that_can_be_fed_in_again(s3, s3haul, bucket, archives, tmp_path):
    s3.put_object(Bucket=bucket, Key="there", Body=b"1")
    s3.put_object(Bucket=bucket, Key="jobs/m.csv", Body=f"{bucket},there\n{bucket},gone%2Cone\n".encode())
    done = s3haul(
        "bundle", "--manifest", f"s3://{bucket}/jobs/m.csv", "--to", f"s3://{archives}/", "--output", "json"
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    bundle = summary(done)
    assert (bundle["archived"], bundle["failed"]) == (1, 1)
    assert bundle["dead_letters"].startswith(f"s3://{bucket}/jobs/m.csv.dlq.")
    letter = json.loads(read(s3, bundle["dead_letters"]))
    assert (letter["key"], letter["reason"]) == ("gone,one", "NoSuchKey")
    s3.put_object(Bucket=bucket, Key="gone,one", Body=b"2")
    again = s3haul(
        "bundle", "--manifest", bundle["dead_letters"], "--to", f"s3://{archives}/", "--output", "json"
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert [entry["key"] for entry in index(s3, summary(again))] == ["gone,one"]
    assert len(keys(s3, archives)) == 4


def test_nothing_to_bundle_is_a_sentence(s3, s3haul, bucket, archives, tmp_path):
    done = s3haul("bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, []), "--to", f"s3://{archives}/")
    assert (done.returncode, keys(s3, archives)) == (0, [])
    assert "there is nothing to bundle" in done.stdout
    gone = s3haul("bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["gone"]), "--to", f"s3://{archives}/")
    assert (gone.returncode, keys(s3, archives)) == (1, [])


def test_a_second_run_finds_the_bundle_finished_and_late_arrivals_get_the_next_number(
    s3, s3haul, bucket, archives, tmp_path
):
    s3.put_object(Bucket=bucket, Key="2017/02/10/a", Body=b"early")
    to = ["--to", f"s3://{archives}", "--archive-name", "{bucket}/{day}", "--output", "json"]
    first = s3haul("bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["2017/02/10/a"]), *to)
    again = s3haul("bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["2017/02/10/a"]), *to)
    assert (summary(first)["status"], summary(again)["status"]) == ("finished", "unchanged")
    assert summary(first)["archive"] == summary(again)["archive"]
    s3.put_object(Bucket=bucket, Key="2017/02/10/b", Body=b"late")
    late = s3haul("bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["2017/02/10/b"]), *to)
    assert summary(late)["archive"] == f"s3://{archives}/{bucket}/20170210-2.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(read(s3, summary(first)["archive"]))) as tar:
        assert [tar.extractfile(m).read() for m in tar.getmembers()] == [b"early"]
