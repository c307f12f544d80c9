"""Rule 3 of the design: the copy is the object. Every property, by every way to copy, with boto3 as the witness.

An object of 6 MiB goes by one CopyObject or in two parts, as the inline limit says, by the worker's command and by the
driver (its own copy, and the job that it submits); and by one CopyObject from what a listing says. Which server keeps
which property, its rows say: SeaweedFS drops website redirects and canned ACLs, moto drops the Object Lock of multipart
uploads.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import PROGRAMS
from driverevents import DriverInEmulator, event, task
from stacklib import batchjobs
from stacklib.servers import JOB_QUEUE, client

MIB = 1 << 20
SIZE = 6 * MIB
UNTIL = datetime(2035, 1, 1, tzinfo=UTC)
KEY_ID = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
JOB_DEFINITION = "s3haul-fidelity"
EVERYBODY, SIGNED_IN = (f"http://acs.amazonaws.com/groups/global/{name}" for name in ("AllUsers", "AuthenticatedUsers"))
# 3.5 KB: more than x-amz-tagging is given.
LONG_TAGS = {f"{n}-{'k' * 98}": "v" * 250 for n in range(10)}

WAYS = ["command, CopyObject", "command, parts", "driver, CopyObject", "driver, parts"]
IN_PARTS = {way for way in WAYS if way.endswith("parts")}
LISTED = "listing, CopyObject"

EVERYWHERE = {
    "ContentType": "video/x-odd",
    "CacheControl": "max-age=1",
    "ContentDisposition": 'attachment; filename="a b"',
    "ContentEncoding": "br",
    "ContentLanguage": "de",
    "Expires": UNTIL,
    "Metadata": {"camera": "3", "long-name": "x" * 1000},
    "StorageClass": "STANDARD_IA",
    "ChecksumAlgorithm": "SHA256",
}
LOCK = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": UNTIL, "ObjectLockLegalHoldStatus": "ON"}


class Store:
    """A server, what its source object has, and the addresses of both."""

    def __init__(self, variable: str, seen_by: str, tags: dict[str, str], **properties: Any) -> None:
        self.s3 = client("s3", os.environ[variable])
        self.url = os.environ[seen_by]
        self.properties = properties
        self.source, self.destination = (f"fidelity-{name}-{uuid.uuid4().hex[:8]}" for name in ("from", "to"))
        is_locked = "ObjectLockMode" in properties
        for bucket in (self.source, self.destination):
            self.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=is_locked)
            # Without versions, moto names a version of an upload that it does not know afterwards.
            self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        body = random.Random(1).randbytes(SIZE)
        self.s3.put_object(Bucket=self.source, Key="object", Body=body, **properties)
        tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.s3.put_object_tagging(Bucket=self.source, Key="object", Tagging={"TagSet": tag_set})

    def head(self, bucket: str, key: str) -> dict[str, Any]:
        return self.s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")

    def tags(self, bucket: str, key: str) -> dict[str, str]:
        found = self.s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def readers(self, bucket: str, key: str) -> list[str]:
        """Who may read it, besides its owner."""
        grants = self.s3.get_object_acl(Bucket=bucket, Key=key)["Grants"]
        return [g["Grantee"].get("URI") or g["Grantee"]["ID"] for g in grants if g["Permission"] == "READ"]


@pytest.fixture(scope="module")
def stores() -> dict[str, Store]:
    redirect = {"WebsiteRedirectLocation": "/elsewhere", "ACL": "public-read"}
    return {
        "seaweedfs": Store(
            "S3HAUL_TEST_S3", "S3HAUL_TEST_S3_PROXY", {"team": "media", "kind": "raw"}, **EVERYWHERE, **LOCK
        ),
        "moto": Store("S3HAUL_TEST_MOTO", "S3HAUL_TEST_MOTO", LONG_TAGS, **EVERYWHERE, **redirect),
    }


@pytest.fixture(scope="module")
def drivers(stores, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drivers")
    settings = {"S3HAUL_JOB_QUEUE": JOB_QUEUE, "S3HAUL_JOB_DEFINITION": JOB_DEFINITION}
    copy = ["copy", "--output", "json", "Ref::source", "Ref::destination"]
    batchjobs.define(client("batch", os.environ["S3HAUL_TEST_MOTO"]), JOB_DEFINITION, *copy)
    running = {
        name: DriverInEmulator(
            folder / f"{name}.log",
            **settings,
            AWS_ENDPOINT_URL_S3=store.url,
            S3HAUL_DESTINATION_BUCKET=store.destination,
        )
        for name, store in stores.items()
    }
    yield running
    for driver in running.values():
        driver.close()


@pytest.fixture(scope="module")
def copy(stores, drivers, tmp_path_factory) -> Callable[..., str]:
    """Copies a store's object by one of the ways and by these settings; gives the copy's key."""
    made: dict[tuple, str] = {}
    state = str(tmp_path_factory.mktemp("state"))

    def run(command: list[str], environment: dict[str, str]) -> dict:
        environment = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "XDG_STATE_HOME": state, **environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def by_command(store: Store, prefix: str, settings: dict[str, str], is_listed: bool) -> dict:
        variables = {"".join("_" + c if c.isupper() else c for c in name).upper(): v for name, v in settings.items()}
        environment = {f"S3HAUL_{name}": value for name, value in variables.items()}
        command = ["s3haul", "copy", "--output", "json"]
        command += ["--recursive", "--fidelity", "listed"] if is_listed else []
        command += [f"s3://{store.source}/object", f"s3://{store.destination}/{prefix}"]
        return run(command, {"AWS_ENDPOINT_URL_S3": store.url, **environment})

    def by_driver(store: Store, driver: DriverInEmulator, prefix: str, settings: dict[str, str]) -> dict:
        result = driver.one(event(task(store.source, "object"), destinationPrefix=prefix, **settings))
        assert result["resultCode"] == "Succeeded", result
        record = [line["record"] for line in driver.lines() if "record" in line][-1]
        if record["outcome"] != "submitted":
            return record
        job_id = result["resultString"].split("--jobs ")[1]
        (job,) = client("batch", os.environ["S3HAUL_TEST_MOTO"]).describe_jobs(jobs=[job_id])["jobs"]
        environment = {item["name"]: item["value"] for item in job["container"]["environment"]}
        return run(batchjobs.command(job), {"AWS_ENDPOINT_URL_S3": store.url, **environment})

    def copied(name: str, way: str, settings: dict[str, str] | None = None) -> str:
        settings = settings or {}
        identity = (name, way, *settings.items())
        if identity not in made:
            prefix = f"{len(made)}/"
            settings = {**settings, "partSize": "5MiB", "inlineLimit": "5MiB" if way in IN_PARTS else "1GiB"}
            store = stores[name]
            if way.startswith("driver"):
                record = by_driver(store, drivers[name], prefix, settings)
            else:
                record = by_command(store, prefix, settings, way == LISTED)
            assert (record["outcome"], record["parts"]) == ("copied", 2 if way in IN_PARTS else 1), record
            made[identity] = prefix + "object"
        return made[identity]

    return copied


@dataclass
class Row:
    """A property: how boto3 sees it, and what it must be in the copy by these settings."""

    name: str
    see: Callable[[Store, str, str], Any]
    wanted: Any
    store: str
    settings: dict[str, str] = field(default_factory=dict)


def seen(name: str) -> Callable[[Store, str, str], Any]:
    return lambda store, bucket, key: store.head(bucket, key).get(name)


def algorithm(store: Store, bucket: str, key: str) -> str | None:
    algorithms = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
    head = store.head(bucket, key)
    return next((name for name in algorithms if f"Checksum{name}" in head), None)


HEADERS = [name for name in EVERYWHERE if name != "ChecksumAlgorithm"]
KEPT = [Row(name, seen(name), EVERYWHERE[name], store) for store in ("seaweedfs", "moto") for name in HEADERS]
KEPT += [Row("checksum", algorithm, EVERYWHERE["ChecksumAlgorithm"], store) for store in ("seaweedfs", "moto")]
KEPT += [Row(name, seen(name), LOCK[name], "seaweedfs") for name in LOCK]
KEPT += [
    Row("tags", Store.tags, {"team": "media", "kind": "raw"}, "seaweedfs"),
    Row("tags longer than a header", Store.tags, LONG_TAGS, "moto"),
    Row("redirect", seen("WebsiteRedirectLocation"), "/elsewhere", "moto"),
    Row("ACL when asked", Store.readers, [EVERYBODY], "moto", {"copyAcl": "true"}),
]
SET = [
    Row("no ACL unasked", Store.readers, [], "moto"),
    Row("canned ACL", Store.readers, [SIGNED_IN], "moto", {"acl": "authenticated-read"}),
    Row("grant", Store.readers, ["somebody"], "moto", {"grantRead": "id=somebody"}),
    Row("KMS", seen("ServerSideEncryption"), "aws:kms", "moto", {"kmsKeyId": KEY_ID}),
    Row("KMS key", seen("SSEKMSKeyId"), KEY_ID, "moto", {"kmsKeyId": KEY_ID}),
    Row("storage class", seen("StorageClass"), "GLACIER_IR", "moto", {"storageClass": "GLACIER_IR"}),
    Row("other tags", Store.tags, {"a": "b c"}, "moto", {"tags": "a=b+c"}),
    Row("no tags", Store.tags, {}, "moto", {"tags": "none"}),
    Row("other metadata", seen("Metadata"), {"a": "b"}, "moto", {"metadata": "a=b&Content-Type=text/plain"}),
    Row("other type", seen("ContentType"), "text/plain", "moto", {"metadata": "a=b&Content-Type=text/plain"}),
    Row("no metadata", seen("Metadata"), {}, "moto", {"metadata": "none"}),
]


def by_all_ways(rows: list[Row]) -> list[Any]:
    """The rows by the ways that keep them: a listing does not show what S3 does not copy by itself."""
    hidden = {"redirect", *LOCK}
    pairs = [(row, way) for row in rows for way in [*WAYS, LISTED] if way != LISTED or row.name not in hidden]
    return [pytest.param(row, way, id=f"{row.name}, {row.store}: {way}") for row, way in pairs]


@pytest.mark.parametrize(("row", "way"), by_all_ways(KEPT))
def test_a_copy_has_what_its_source_has(stores, copy, row, way):
    store = stores[row.store]
    assert row.see(store, store.source, "object") == row.wanted, "the server does not keep it"
    assert row.see(store, store.destination, copy(row.store, way, row.settings)) == row.wanted


@pytest.mark.parametrize(("row", "way"), by_all_ways(SET))
def test_a_copy_has_what_the_settings_say(stores, copy, row, way):
    store = stores[row.store]
    assert row.see(store, store.source, "object") != row.wanted, "the source has it already"
    assert row.see(store, store.destination, copy(row.store, way, row.settings)) == row.wanted


@pytest.mark.parametrize("way", [*WAYS, LISTED])
def test_every_request_says_that_the_requester_pays(copy, faults, way):
    copy("seaweedfs", way, {"requesterPays": "true"})
    requests = faults.requests()["requests"]
    made = {request["operation"] for request in requests}
    assert made >= {"ListObjectsV2" if way == LISTED else "HeadObject"}
    assert made >= {"UploadPartCopy" if way in IN_PARTS else "CopyObject"}
    silent = [r["operation"] for r in requests if r["headers"].get("x-amz-request-payer") != "requester"]
    assert silent == []


@pytest.mark.parametrize("way", WAYS)
def test_a_lock_is_asked_for(copy, faults, way):
    """S3 copies none by itself, as SeaweedFS does."""
    copy("seaweedfs", way, {"storageClass": "STANDARD"})
    making = {"CopyObject", "CreateMultipartUpload"}
    (request,) = [r for r in faults.requests()["requests"] if r["operation"] in making]
    found = {name: value for name, value in request["headers"].items() if name.startswith("x-amz-object-lock-")}
    until = found.pop("x-amz-object-lock-retain-until-date")
    assert found == {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-legal-hold": "ON"}
    assert datetime.fromisoformat(until) == UNTIL


def test_a_copy_without_its_lock_is_made_once_more(stores, s3haul):
    store = stores["seaweedfs"]
    body = store.s3.get_object(Bucket=store.source, Key="object")["Body"].read()
    tagging = "team=media&kind=raw"
    store.s3.put_object(Bucket=store.destination, Key="unlocked", Body=body, Tagging=tagging, **EVERYWHERE)
    command = ["copy", "--output", "json", f"s3://{store.source}/object", f"s3://{store.destination}/unlocked"]
    outcomes = [json.loads(s3haul(*command).stdout)["outcome"] for _ in range(2)]
    assert outcomes == ["copied", "unchanged"]
    assert LOCK.items() <= store.head(store.destination, "unlocked").items()


@pytest.mark.parametrize("how", ["in the archive", "beside it"])
def test_archives_give_acls_back(stores, s3haul, tmp_path, how):
    moto = stores["moto"]
    run, environment = uuid.uuid4().hex[:8], {"AWS_ENDPOINT_URL_S3": moto.url}
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"{moto.source},object\n")
    limit = "64MiB" if how == "in the archive" else "1MiB"
    to = ["--to", f"s3://{moto.destination}/{run}", "--archive-name", "a", "--copy-acl", "--max-size", limit]
    done = s3haul("bundle", "--manifest", str(manifest), *to, **environment)
    assert done.returncode == 0, done.stderr
    archive = f"s3://{moto.destination}/{run}/a.tar.gz"
    for flags, readers in ([], [EVERYBODY]), (["--no-acl"], []):
        target = f"{run}/back{len(flags)}/"
        done = s3haul("extract", archive, "--to", f"s3://{moto.destination}/{target}", *flags, **environment)
        assert done.returncode == 0, done.stderr
        assert moto.readers(moto.destination, f"{target}object") == readers
