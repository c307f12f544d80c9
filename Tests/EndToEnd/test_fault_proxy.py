"""The fault proxy does what its rules say: the tests that lean on it lean on this."""

from __future__ import annotations

import os
import socket

import pytest
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError, ResponseStreamingError

BODY = bytes(range(256)) * 4096
WRONG_ETAG = '"00000000000000000000000000000bad"'


@pytest.fixture
def key(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a/b c+d", Body=BODY)
    return "a/b c+d"


def test_passes_everything_on_and_names_the_operations(s3_by_proxy, faults, bucket):
    part = {"Bucket": bucket, "Key": "m p", "PartNumber": 1}
    s3_by_proxy.put_object(Bucket=bucket, Key="source", Body=BODY)
    part["UploadId"] = s3_by_proxy.create_multipart_upload(Bucket=bucket, Key="m p")["UploadId"]
    copied = s3_by_proxy.upload_part_copy(**part, CopySource={"Bucket": bucket, "Key": "source"})
    parts = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
    s3_by_proxy.list_parts(Bucket=bucket, Key="m p", UploadId=part["UploadId"])
    s3_by_proxy.complete_multipart_upload(
        Bucket=bucket, Key="m p", UploadId=part["UploadId"], MultipartUpload={"Parts": parts}
    )
    s3_by_proxy.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "m p"})
    assert s3_by_proxy.get_object(Bucket=bucket, Key="copy")["Body"].read() == BODY
    assert s3_by_proxy.head_object(Bucket=bucket, Key="copy")["ContentLength"] == len(BODY)
    s3_by_proxy.list_objects_v2(Bucket=bucket)
    operations = [
        "PutObject",
        "CreateMultipartUpload",
        "UploadPartCopy",
        "ListParts",
        "CompleteMultipartUpload",
        "CopyObject",
        "GetObject",
        "HeadObject",
        "ListObjectsV2",
    ]
    assert faults.requests()["counts"] == dict.fromkeys(operations, 1)
    assert faults.requests("^m p$")["counts"] == dict.fromkeys(operations[1:5], 1)
    assert faults.requests()["peak"]["UploadPartCopy"] == 1


@pytest.mark.parametrize(
    ("fault", "calls"), [("slow-down-burst", 4), ("internal-error", 2), ("cut-before", 2), ("lost-reply", 2)]
)
def test_fails_as_often_as_the_rule_says(s3_by_proxy, faults, bucket, key, fault, calls):
    faults.add_named(fault, operation="HeadObject")
    failures = 0
    while True:
        try:
            # botocore retries twice on its own: take what it did not retry.
            assert s3_by_proxy.head_object(Bucket=bucket, Key=key)["ContentLength"] == len(BODY)
            break
        except (ClientError, HTTPClientError):
            failures += 1
            assert failures < calls
    assert faults.count("HeadObject") == calls
    assert faults.requests()["faults"] == {fault: calls - 1}


def test_an_error_in_a_200_after_the_work_was_done(s3, s3_by_proxy, faults, bucket, key):
    faults.add_named("error-in-200-after-work", operation="CopyObject", key="^copy$")
    s3_by_proxy.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert faults.count("CopyObject") == 2
    assert s3.head_object(Bucket=bucket, Key="copy")["ContentLength"] == len(BODY)


@pytest.mark.parametrize("fault", ["cut-during-reply", "truncated-body"])
def test_ends_a_body_early(s3_by_proxy, faults, bucket, key, fault):
    faults.add_named(fault, operation="GetObject")
    body = s3_by_proxy.get_object(Bucket=bucket, Key=key)["Body"]
    with pytest.raises((IncompleteReadError, ResponseStreamingError)):
        body.read()


def test_bytes_after_the_body(faults, bucket, key, s3_by_proxy):
    url = s3_by_proxy.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    faults.add_named("oversized-body", operation="GetObject")
    address = os.environ["S3HAUL_TEST_S3_PROXY"].removeprefix("http://")
    host, port = address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET {url.split(address)[1]} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
        reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert reply.endswith(BODY + b"X" * 64)


def test_slow_bytes_are_the_same_bytes(s3, s3_by_proxy, faults, bucket):
    s3.put_object(Bucket=bucket, Key="small", Body=BODY[:1000])
    faults.add_named("slow-bytes")
    assert s3_by_proxy.get_object(Bucket=bucket, Key="small")["Body"].read() == BODY[:1000]


def test_a_wrong_etag_in_header_and_xml(s3_by_proxy, faults, bucket, key):
    faults.add_named("wrong-etag")
    assert s3_by_proxy.head_object(Bucket=bucket, Key=key)["ETag"] == WRONG_ETAG
    faults.add_named("wrong-etag")
    copied = s3_by_proxy.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert copied["CopyObjectResult"]["ETag"] == WRONG_ETAG


def test_delays_add_up(s3_by_proxy, faults, bucket, key):
    faults.add({"delay": 0.05}, {"delay": 0.1, "operation": "HeadObject"})
    s3_by_proxy.head_object(Bucket=bucket, Key=key)
    (request,) = faults.requests()["requests"]
    assert request["ended"] - request["started"] >= 0.15


def test_a_rule_that_cannot_be_meant_is_refused(faults):
    with pytest.raises(Exception, match="400"):
        faults.add({"cut": "before", "delay": 1})
    with pytest.raises(Exception, match="400"):
        faults.add_named("no-such-fault")
