"""s3haul bundle against a real server, with boto3, tarfile and zipfile as the witnesses."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import inventory
import pytest
from bundles import (
    MIB,
    check,
    index,
    keys,
    long_manifest,
    manifest,
    member,
    place,
    read,
    small_objects,
    summary,
    through_proxy,
)
from conftest import ODD_KEYS
from inventory import row

KEYS = [*ODD_KEYS, "2026/11/21/0_6/x.xml", "2026/11/21/0/6_x.xml", "trailing/"]


def test_every_object_is_in_the_archive_and_found_by_the_index(s3, s3haul, bucket, archives, tmp_path):
    bodies = {key: os.urandom(n * 77) * (not key.endswith("/")) for n, key in enumerate(KEYS)}
    for key, body in bodies.items():
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType="text/x-odd", Metadata={"camera": "3, 4"},
            CacheControl="max-age=1", Tagging="team=media&kind=a%2Bb",
        )  # fmt: skip
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "day.csv", bucket, KEYS), "--to", f"s3://{archives}/x",
        "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bundle = summary(done)
    hashed = hashlib.md5(f"{bucket}/day".encode()).hexdigest()[:6]
    assert bundle["archive"] == f"s3://{archives}/x/{hashed}/{bucket}/day.tar.gz"
    assert (bundle["status"], bundle["archived"], bundle["failed"]) == ("finished", len(KEYS), 0)
    archive = read(s3, bundle["archive"])
    entries = index(s3, bundle)
    assert [entry["key"] for entry in entries] == KEYS
    for entry in entries:
        assert member(archive, entry) == bodies[entry["key"]]
        # SeaweedFS keeps nothing besides of an object that is a folder to it.
        if not entry["key"].endswith("/"):
            assert entry["metadata"] == {"camera": "3, 4"}
            assert entry["tags"] == {"team": "media", "kind": "a+b"}
            assert (entry["content_type"], entry["cache_control"]) == ("text/x-odd", "max-age=1")
        assert entry["etag"] == hashlib.md5(bodies[entry["key"]]).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = [m.name for m in tar.getmembers()]
        assert len(set(names)) == len(KEYS)
        assert not any(name.startswith("/") or ".." in name.split("/") for name in names)
        assert [tar.extractfile(m).read() for m in tar.getmembers()] == list(bodies.values())
    assert keys(s3, bucket) == sorted(KEYS)


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
    again = s3haul(
        "bundle", "--manifest", f"s3://{bucket}/jobs/m.csv", "--to", f"s3://{archives}/", "--output", "json"
    )  # fmt: skip
    # Who was killed when the index was stored has told nobody.
    assert (again.returncode, summary(again)["status"]) == (1, "unchanged")
    assert [summary(again)[name] for name in ("failed", "dead_letters")] == [1, bundle["dead_letters"]]
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


def test_archives_of_one_day_that_begin_at_once_read_nothing_twice(s3, s3haul, faults, bucket, archives, tmp_path):
    """Who was slower with a name read all its objects again, for the next number."""
    manifests = []
    for number in range(4):
        bundled = [f"2026/01/05/{number}/{n}" for n in range(50)]
        for key in bundled:
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        manifests.append(manifest(tmp_path / f"{number}.csv", bucket, bundled))
    faults.clear()

    def archived(path: str) -> str:
        words = ["bundle", "--manifest", path, "--to", f"s3://{archives}", "--archive-name", "{bucket}/{day}"]
        done = s3haul(*words, "--output", "json", **through_proxy())
        assert done.returncode == 0, done.stderr
        return summary(done)["archive"]

    with ThreadPoolExecutor() as pool:
        made = sorted(pool.map(archived, manifests))
    assert made == [f"s3://{archives}/{bucket}/20260105{tail}.tar.gz" for tail in ["-2", "-3", "-4", ""]]
    assert faults.count("GetObject") == 200
    # Each finds its own again.
    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(archived, manifests)) == made
    assert faults.count("GetObject") == 200


def test_a_manifest_without_run_or_days_is_bundled_once(s3, s3haul, bucket, archives, tmp_path):
    """Every try gave another run and, after midnight, another day: all was archived again."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    path = manifest(tmp_path / "m.csv", bucket, ["a"])
    written = datetime(2026, 2, 3, 23, 59, 59, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))
    flags = ["--to", f"s3://{archives}", "--archive-name", "{day}/{run}", "--output", "json"]
    bundles = [summary(s3haul("bundle", "--manifest", path, *flags)) for _ in range(2)]
    assert [bundle["status"] for bundle in bundles] == ["finished", "unchanged"]
    assert len(keys(s3, archives)) == 2
    assert re.fullmatch(f"s3://{archives}/20260203/[0-9a-f]{{32}}.tar.gz", bundles[0]["archive"])


def test_a_small_object_costs_one_request(s3, s3haul, faults, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 40)
    s3.put_object_tagging(
        Bucket=bucket, Key="small/007", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}
    )  # fmt: skip
    to = ["--to", f"s3://{archives}", "--output", "json"]
    path = manifest(tmp_path / "m.csv", bucket, list(bodies))
    done = s3haul("bundle", "--manifest", path, *to, **through_proxy())
    assert done.returncode == 0, done.stderr
    counts = faults.requests()["counts"]
    assert counts.pop("ListMultipartUploads") <= 2
    # Are the names free, and is the archive what was sent?
    # May tags be read, and the tags of the one that has some.
    # The archive's number is taken; archive and index are stored.
    assert counts == {"GetObject": 40, "GetObjectTagging": 2, "HeadObject": 1, "ListObjectsV2": 1, "PutObject": 3}
    check(s3, archives, summary(done), bodies)


def test_large_objects_are_read_in_ranges_and_their_md5_is_computed(s3, s3haul, faults, bucket, archives, tmp_path):
    bodies = {"a": os.urandom(20 * MIB + 5), "b": b"small", "c": os.urandom(3 * MIB), "d": os.urandom(9 * MIB)}
    for key in "abd":
        s3.put_object(
            Bucket=bucket, Key=key, Body=bodies[key], ContentType=f"video/{key}", Metadata={"camera": key},
            Tagging=f"team={key}",
        )  # fmt: skip
    upload = s3.create_multipart_upload(Bucket=bucket, Key="c", Metadata={"in": "parts"})["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="c", UploadId=upload, PartNumber=1, Body=bodies["c"])
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="c", UploadId=upload, MultipartUpload=parts)
    path = long_manifest(
        tmp_path / "m.jsonl", [{"bucket": bucket, "key": key, "size": len(bodies[key])} for key in "abc"]
    )
    with open(path, "a") as more:
        more.write(json.dumps({"bucket": bucket, "key": "d"}) + "\n")
    done = s3haul(
        "bundle", "--manifest", path, "--to", f"s3://{archives}", "--archive-format", "tar", "--output", "json",
        **through_proxy(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check(s3, archives, summary(done), bodies)
    assert faults.count("HeadObject", "^[abc]$") == 1
    entries = {entry["key"]: entry for entry in index(s3, summary(done))}
    assert entries["c"]["etag"].endswith("-1")
    assert entries["c"]["md5"] == hashlib.md5(bodies["c"]).hexdigest()
    assert entries["c"]["metadata"] == {"in": "parts"}
    assert "md5" not in entries["a"]
    for key in "abd":
        assert entries[key]["tags"] == {"team": key}
        assert (entries[key]["content_type"], entries[key]["metadata"]) == (f"video/{key}", {"camera": key})


def test_what_is_too_large_is_copied_beside_the_archive(s3, s3haul, bucket, archives, tmp_path):
    s3.put_object(Bucket=bucket, Key="small", Body=b"1")
    s3.put_object(
        Bucket=bucket, Key="big obj.bin", Body=b"2" * 6 * MIB, ContentType="video/x", Metadata={"a": "b"},
        Tagging="c=d",
    )  # fmt: skip
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, ["big obj.bin", "small"]), "--to",
        f"s3://{archives}", "--max-size", "5MiB", "--tags", "of=archive", "--delete-source", "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    bundle = summary(done)
    assert (bundle["archived"], bundle["beside"], bundle["deleted"]) == (2, 1, 2)
    (entry,) = [entry for entry in index(s3, bundle) if entry["key"] == "big obj.bin"]
    copy = s3.get_object(**place(entry["archive"]))
    assert copy["Body"].read() == b"2" * 6 * MIB
    assert (copy["ContentType"], copy["Metadata"]) == ("video/x", {"a": "b"})
    assert s3.get_object_tagging(**place(entry["archive"]))["TagSet"] == [{"Key": "c", "Value": "d"}]
    assert s3.get_object_tagging(**place(bundle["archive"]))["TagSet"] == [{"Key": "of", "Value": "archive"}]
    assert keys(s3, bucket) == []


def test_sources_are_deleted_when_all_is_proven(s3, s3haul, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 25)
    s3.put_object(Bucket=bucket, Key="other", Body=b"stays")
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, list(bodies)), "--to", f"s3://{archives}",
        "--delete-source", "--verify", "deep", "--records", str(tmp_path / "records"), "--output", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (summary(done)["deleted"], summary(done)["kept"]) == (25, 0)
    assert keys(s3, bucket) == ["other"]
    check(s3, archives, summary(done), bodies)
    records = [json.loads(line) for line in (tmp_path / "records").read_text().splitlines()]
    assert {record["source"]["key"] for record in records if record["outcome"] == "deleted"} == set(bodies)
    (log,) = [key for key in keys(s3, archives) if ".deleted." in key]
    assert len(read(s3, f"s3://{archives}/{log}").splitlines()) == 25


@pytest.mark.parametrize("whole", [False, True])
def test_versions_and_delete_markers(s3, s3haul, bucket, archives, tmp_path, whole):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="k", Body=b"new")["VersionId"]
    (tmp_path / "m.csv").write_text(f"{bucket},k,{old if whole else new}\n")
    flags = ["--delete-source", *(["--delete-versions"] if whole else []), "--output", "json"]
    done = s3haul("bundle", "--manifest", str(tmp_path / "m.csv"), "--to", f"s3://{archives}", *flags)
    assert done.returncode == 0, done.stderr
    (entry,) = index(s3, summary(done))
    assert entry["version_id"] == (old if whole else new)
    listing = s3.list_object_versions(Bucket=bucket)
    assert [v["VersionId"] for v in listing["Versions"]] == ([new] if whole else [new, old])
    assert len(listing.get("DeleteMarkers", [])) == (0 if whole else 1)


def test_the_child_of_an_array_job_takes_its_line(s3, s3haul, bucket, archives, tmp_path):
    for name in "ab":
        s3.put_object(Bucket=bucket, Key=name, Body=name.encode())
        s3.put_object(Bucket=bucket, Key=f"jobs/{name}.csv", Body=f"{bucket},{name}\n".encode())
    (tmp_path / "list").write_text(f"s3://{bucket}/jobs/a.csv\ns3://{bucket}/jobs/b.csv\n")
    flags = ["--manifest-list", str(tmp_path / "list"), "--to", f"s3://{archives}", "--archive-name", "{name}"]
    assert s3haul("bundle", *flags, AWS_BATCH_JOB_ARRAY_INDEX="1").returncode == 0
    assert keys(s3, archives) == ["b.tar.gz", "b.tar.gz.index.jsonl.gz"]
    assert s3haul("bundle", *flags, AWS_BATCH_JOB_ARRAY_INDEX="2").returncode == 2
    assert s3haul("bundle", *flags).returncode == 0
    assert len(keys(s3, archives)) == 4


def test_a_manifest_that_cannot_be_read_stops_no_other(s3, s3haul, bucket, archives, tmp_path):
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    (tmp_path / "broken.csv").write_text(f'{bucket},"a\n')
    lines = [manifest(tmp_path / "1.csv", bucket, ["a"]), f"s3://{bucket}/gone.csv", str(tmp_path / "broken.csv")]
    lines.append(manifest(tmp_path / "2.csv", bucket, ["a", "gone"]))
    (tmp_path / "list").write_text("".join(f"{line}\n" for line in lines))
    done = s3haul(
        "bundle", "--manifest-list", str(tmp_path / "list"), "--to", f"s3://{archives}", "--records",
        str(tmp_path / "records"), "--output", "json",
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["manifest"] for line in said] == lines
    assert [line["status"] for line in said] == ["finished", "failed", "failed", "finished"]
    assert "gone.csv" in done.stderr and "broken.csv" in done.stderr
    records = [json.loads(line) for line in (tmp_path / "records").read_text().splitlines()]
    assert sorted(record["outcome"] for record in records) == ["archived", "archived", "failed"]


def test_a_manifest_that_changes_while_it_is_read_is_told(s3, s3haul, faults, bucket, archives):
    """When it is opened again it must be what was looked at."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.put_object(Bucket=bucket, Key="m.csv", Body=f"{bucket},a\n".encode())
    # As if it had been another object when it was looked at.
    faults.add({"etag": '"00000000000000000000000000000bad"', "operation": "GetObject", "key": "m.csv$", "count": 1})
    done = s3haul("bundle", "--manifest", f"s3://{bucket}/m.csv", "--to", f"s3://{archives}", **through_proxy())
    assert done.returncode == 2, done.stderr
    assert "it changed while it was read" in done.stderr
    assert keys(s3, archives) == []


def test_a_manifest_that_breaks_off_is_tried_again(s3, s3haul, faults, bucket, archives):
    s3.put_object(Bucket=bucket, Key="m.csv", Body=f"{bucket},a\n".encode())
    faults.add({"reply": {"status": 503, "code": "SlowDown", "message": "Slow down."}, "key": "m.csv$"})
    done = s3haul(
        "bundle", "--manifest", f"s3://{bucket}/m.csv", "--to", f"s3://{archives}", AWS_MAX_ATTEMPTS="2",
        **through_proxy(),
    )  # fmt: skip
    assert done.returncode == 75, done.stderr


def test_an_inventory_is_a_manifest(s3, s3haul, bucket, archives, tmp_path):
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    rows = [row(key, len(key.encode()), Bucket=bucket) for key in ODD_KEYS]
    path = inventory.write(tmp_path, rows[:3], rows[3:], bucket=bucket)
    address = inventory.upload(s3, bucket, tmp_path)
    for where in (str(path), address):
        done = s3haul("bundle", "--manifest", where, "--to", f"s3://{archives}/{where[:2]}", "--output", "json")
        assert done.returncode == 0, done.stderr
        assert [entry["key"] for entry in index(s3, summary(done))] == ODD_KEYS
    data = path.parent.parent / "data" / "1.csv.gz"
    data.write_bytes(gzip.compress(b"damaged"))
    done = s3haul("bundle", "--manifest", str(path), "--to", f"s3://{archives}/damaged")
    assert done.returncode == 2
    assert "its MD5 is" in done.stderr
    assert not [key for key in keys(s3, archives) if key.startswith("damaged")]


def test_a_dry_run_makes_nothing(s3, s3haul, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 3)
    path = manifest(tmp_path / "m.csv", bucket, list(bodies))
    done = s3haul("bundle", "--manifest", path, "--to", f"s3://{archives}", "--dry-run", "--delete-source")
    assert (done.returncode, keys(s3, archives)) == (0, [])
    assert "would archive 3 objects" in done.stdout
    assert keys(s3, bucket) == sorted(bodies)


@pytest.mark.parametrize(
    "flags, says",
    [
        ([], "--manifest FILE"),
        (["--manifest", "m.csv"], "--to s3://"),
        (["--manifest", "m.csv", "--to", "s3://b", "--archive-name", "{dy}"], "{day}"),
        (["--manifest", "gone.csv", "--to", "s3://b"], "gone.csv"),
        (["--manifest", "m.csv", "--to", "s3://b", "--lock-days", "3"], "lock-mode and lock-days"),
    ],
)
def test_wrong_usage_is_told_in_one_line(s3haul, flags, says):
    done = s3haul("bundle", *flags)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
