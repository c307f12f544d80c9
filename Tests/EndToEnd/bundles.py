"""What tests of bundles share: manifests, what a bundle says of itself, and what is found in it."""

from __future__ import annotations

import gzip
import json
import os
import random
from urllib.parse import quote

MIB = 1 << 20


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
    """The keys of a bucket, but for the numbers that archives have taken."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    found = (entry["Key"] for page in pages for entry in page.get("Contents", []))
    return sorted(key for key in found if ".numbers/" not in key)


def member(archive: bytes, entry: dict) -> bytes:
    """The bytes of an entry, by nothing but its place in the archive."""
    frame = archive[entry["frame_offset"] :][: entry["frame_length"]]
    if entry["frame_encoding"] == "gzip":
        frame = gzip.decompress(frame)
    return frame[entry["data_offset"] :][: entry["data_length"]]


def long_manifest(path, rows: list[dict]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def small_objects(s3, bucket: str, count: int, size: int = 3000) -> dict[str, bytes]:
    generator = random.Random(5)
    bodies = {f"small/{n:03}": generator.randbytes(size) for n in range(count)}
    for key, body in bodies.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return bodies


def check(s3, archives: str, bundle: dict, bodies: dict[str, bytes]) -> None:
    """Every object is found by the index, there is one archive, and no upload is left."""
    archive = read(s3, bundle["archive"])
    entries = index(s3, bundle)
    assert {entry["key"]: member(archive, entry) for entry in entries} == bodies
    assert len(entries) == len(bodies)
    assert len([key for key in keys(s3, archives) if ".index." in key]) == 1
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=archives)


def through_proxy() -> dict[str, str]:
    return {"AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
