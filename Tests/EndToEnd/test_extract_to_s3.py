"""s3haul extract: members of archives back to objects."""

from __future__ import annotations

import pytest
from archivekit import KEYS, MIB, Bundle, bundle, lines
from bundles import through_proxy


@pytest.fixture
def made(tmp_path) -> Bundle:
    return bundle(tmp_path, "tar.gz", KEYS)


def test_objects_come_back_with_all_they_had(made, s3, bucket, run):
    for entry in made.entries:
        if entry["key"] == "a.txt":
            entry.update(
                content_type="text/x-odd", cache_control="no-cache", content_disposition="inline",
                content_language="de", metadata={"camera": "3"}, tags={"team": "a+b", "kind": "raw"},
            )  # fmt: skip
    place = made.put(s3, bucket, "2026/made")
    done = run(
        "extract", place, "--match", "*.txt", "--match", "dir/**", "--match", "huge", "--to", f"s3://{bucket}/back/"
    )
    assert done.returncode == 0, done.stderr
    for key in ["a.txt", "dir/ünï 日本.bin", "dir/large", "huge"]:
        assert s3.get_object(Bucket=bucket, Key=f"back/{key}")["Body"].read() == made.contents[key]
    head = s3.head_object(Bucket=bucket, Key="back/a.txt")
    assert (head["ContentType"], head["Metadata"], head["CacheControl"]) == ("text/x-odd", {"camera": "3"}, "no-cache")
    assert (head["ContentDisposition"], head["ContentLanguage"]) == ("inline", "de")
    tags = s3.get_object_tagging(Bucket=bucket, Key="back/a.txt")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "a+b", "kind": "raw"}


def test_objects_that_are_there_stay(made, s3, bucket, run):
    place = made.put(s3, bucket, "2026/made")
    s3.put_object(Bucket=bucket, Key="back/a.txt", Body=b"mine")
    assert run("extract", place, "empty", "--to", f"s3://{bucket}/back/").returncode == 0
    done = run("extract", place, "a.txt", "empty", "--to", f"s3://{bucket}/back/", "--output", "json")
    assert done.returncode == 1
    assert {line["key"]: line["outcome"] for line in lines(done)} == {"a.txt": "failed", "empty": "unchanged"}
    assert s3.get_object(Bucket=bucket, Key="back/a.txt")["Body"].read() == b"mine"
    assert run("extract", place, "a.txt", "--to", f"s3://{bucket}/back/", "--overwrite").returncode == 0
    assert s3.get_object(Bucket=bucket, Key="back/a.txt")["Body"].read() == made.contents["a.txt"]


def test_a_member_larger_than_a_part(s3, bucket, run, tmp_path):
    made = bundle(tmp_path, "tar.gz", {"small": 3, "large": 40 * MIB + 5})
    done = run("extract", made.put(s3, bucket, "k"), "--to", f"s3://{bucket}/back/")
    assert done.returncode == 0, done.stderr
    assert s3.get_object(Bucket=bucket, Key="back/large")["Body"].read() == made.contents["large"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_large_objects_that_are_there_are_compared_and_not_sent_again(s3, bucket, run, faults, tmp_path):
    made = bundle(tmp_path, "tar.gz", {"small": 3, "large": 40 * MIB + 5})
    address, target = made.put(s3, bucket, "k"), f"s3://{bucket}/back/"
    assert run("extract", address, "large", "--to", target).returncode == 0
    again = run("extract", address, "--to", target, "--output", "json", **through_proxy())
    assert again.returncode == 0, again.stderr
    assert {line["key"]: line["outcome"] for line in lines(again)} == {"small": "restored", "large": "unchanged"}
    assert faults.count("CreateMultipartUpload") + faults.count("UploadPart") == 0
    other = bytearray(made.contents["large"])
    other[-1] ^= 1
    s3.put_object(Bucket=bucket, Key="back/large", Body=bytes(other))
    refused = run("extract", address, "--to", target)
    assert refused.returncode == 1
    assert "back/large is there already, with other bytes; --overwrite replaces it" in refused.stderr
    assert s3.get_object(Bucket=bucket, Key="back/large")["Body"].read() == other
    assert run("extract", address, "large", "--to", target, "--overwrite").returncode == 0
    assert s3.get_object(Bucket=bucket, Key="back/large")["Body"].read() == made.contents["large"]
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("same", [True, False])
def test_an_object_whose_etag_says_nothing_is_read_to_compare_it(s3, bucket, run, tmp_path, same):
    made = bundle(tmp_path, "tar.gz", {"a": 3000})
    there = made.contents["a"] if same else bytes(3000)
    upload = {"Bucket": bucket, "Key": "back/a"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=there)
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    done = run("extract", made.put(s3, bucket, "k"), "--to", f"s3://{bucket}/back/", "--output", "json")
    assert (done.returncode, lines(done)[0]["outcome"]) == ((0, "unchanged") if same else (1, "failed")), done.stderr
    assert s3.get_object(Bucket=bucket, Key="back/a")["Body"].read() == there
