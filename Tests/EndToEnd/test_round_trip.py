"""s3haul bundle and s3haul extract together: an object that was archived comes back with all that it had."""

from __future__ import annotations

import os
import string
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bundles import MIB, index, manifest, summary, through_proxy
from conftest import client

PROPERTIES = {
    "ContentType": "text/x-odd",
    "ContentEncoding": "gzip",
    "ContentDisposition": 'attachment; filename="a, b.txt"',
    "ContentLanguage": "de",
    "CacheControl": "no-cache, max-age=1",
    "Expires": datetime(2027, 11, 21, 6, 0, 0, tzinfo=UTC),
    "WebsiteRedirectLocation": "/elsewhere",
    "StorageClass": "STANDARD_IA",
    "Metadata": {"camera": "3, 4", "empty": ""},
}
TAGS = {"team": "a+b", "kind": "a value = more"}


@pytest.fixture
def moto():
    """boto3 on moto, which keeps all that an object can have."""
    return client("s3", os.environ["S3HAUL_TEST_MOTO"])


@pytest.fixture
def run(s3haul, tmp_path):
    settings = {"AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_MOTO"], "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return lambda *words: s3haul(*map(str, words), **settings)


@pytest.mark.parametrize("size", [10, 17 * MIB], ids=["small", "in parts"])
def test_an_object_comes_back_with_all_that_it_had(moto, run, tmp_path, size):
    bucket = f"trip-{uuid.uuid4().hex[:8]}"
    moto.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    until = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until, "ObjectLockLegalHoldStatus": "ON"}
    body = os.urandom(size)
    moto.put_object(Bucket=bucket, Key="k", Body=body, **PROPERTIES, **lock)
    moto.put_object_tagging(
        Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in TAGS.items()]}
    )
    done = run(
        "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["k"]), "--to", f"s3://{bucket}/archives",
        "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    archive = summary(done)["archive"]
    back = run("extract", archive, "--to", f"s3://{bucket}/back/")
    assert back.returncode == 0, back.stderr
    restored = moto.get_object(Bucket=bucket, Key="back/k")
    assert restored["Body"].read() == body
    assert {name: restored.get(name) for name in PROPERTIES} == PROPERTIES
    # moto's CreateMultipartUpload knows nothing of locks.
    if size < 16 * MIB:
        assert {name: restored.get(name) for name in lock} == lock
    tags = moto.get_object_tagging(Bucket=bucket, Key="back/k")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == TAGS
    free = run("extract", archive, "--to", f"s3://{bucket}/free/", "--no-object-lock", "--storage-class", "GLACIER_IR")
    assert free.returncode == 0, free.stderr
    head = moto.head_object(Bucket=bucket, Key="free/k")
    assert (head.get("ObjectLockMode"), head.get("ObjectLockLegalHoldStatus")) == (None, None)
    assert head["StorageClass"] == "GLACIER_IR"


@pytest.mark.parametrize("size", [10, 9 * MIB], ids=["small", "in parts"])
def test_tags_that_no_header_has_room_for_come_back(s3, s3haul, faults, bucket, tmp_path, size):
    """S3 takes 8 KB of headers; ten tags of the longest names and values are more than that, percent-encoded."""
    tags = [{"Key": letter * 128, "Value": (letter + "/") * 128} for letter in string.ascii_lowercase[:10]]
    body = os.urandom(size)
    s3.put_object(Bucket=bucket, Key="k", Body=body)
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
    path = manifest(tmp_path / "m.csv", bucket, ["k"])
    done = s3haul("bundle", "--manifest", path, "--to", f"s3://{bucket}/archives", "--output", "json")
    assert done.returncode == 0, done.stderr
    (entry,) = index(s3, summary(done))
    assert entry["tags"] == {tag["Key"]: tag["Value"] for tag in tags}
    words = ["extract", summary(done)["archive"], "--to", f"s3://{bucket}/back/", "--output", "json"]
    environment = {"XDG_CACHE_HOME": str(tmp_path), **through_proxy()}
    outcomes = []
    for _ in range(2):
        back = s3haul(*words, **environment)
        assert back.returncode == 0, back.stderr
        outcomes.append('"outcome":"unchanged"' in back.stdout)
        assert s3.get_object(Bucket=bucket, Key="back/k")["Body"].read() == body
        assert sorted(s3.get_object_tagging(Bucket=bucket, Key="back/k")["TagSet"], key=str) == sorted(tags, key=str)
        # As if it had been killed before the object had its tags.
        s3.delete_object_tagging(Bucket=bucket, Key="back/k")
    assert outcomes == [False, True]
    requests = faults.requests()["requests"]
    assert all(sum(map(len, [*r["headers"], *r["headers"].values()])) < 8 << 10 for r in requests)
