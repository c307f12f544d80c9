"""Resuming: a copy of 1,000 parts is killed half-way and run again."""

import json
import os
import signal
import subprocess
import tempfile
import time

import store
from measure import Report

PARTS, PART_SIZE, IN_FLIGHT = 1_000, 5 << 20, 32


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "resume-source")
    store.make_bucket(s3, "resume-target")
    make_source(s3)
    report = Report("resume", f"{PARTS:,} parts, killed after half of them and run again, {IN_FLIGHT} in flight")
    with tempfile.TemporaryDirectory() as state:
        command = [
            store.S3HAUL, "copy", "s3://resume-source/object", "s3://resume-target/object", "--state", state,
            "--parallelism", str(IN_FLIGHT), "--output", "json",
        ]  # fmt: skip
        env = {**os.environ, **store.PROXIED_ENV}
        store.forget_requests()
        first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while copied() < PARTS // 2:
            assert first.poll() is None, "the copy ended before it was killed"
            time.sleep(0.2)
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = copied()
        second = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    after = copied() - before
    resumed = json.loads(second.stdout.splitlines()[0])
    source, target = (s3.head_object(Bucket=f"resume-{end}", Key="object") for end in ("source", "target"))
    assert source["ContentLength"] == target["ContentLength"] == PARTS * PART_SIZE
    assert not s3.list_multipart_uploads(Bucket="resume-target").get("Uploads"), "an upload was left behind"
    report.target("parts copied by the second run", after, PARTS - before + IN_FLIGHT)
    report.target("parts copied altogether", before + after, PARTS + IN_FLIGHT)
    report.write()
    print(f"       killed after {before} parts; the record says {resumed.get('parts_resumed')} were resumed")
    for bucket in ("resume-source", "resume-target"):
        store.drop_bucket(s3, bucket)


def make_source(s3) -> None:
    """1,000 parts, made on the server's side from one object of a part's size."""
    s3.put_object(Bucket="resume-source", Key="part", Body=os.urandom(PART_SIZE))
    where = {"Bucket": "resume-source", "Key": "object"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    parts = []
    for number in range(1, PARTS + 1):
        copied = s3.upload_part_copy(**where, UploadId=upload, PartNumber=number, CopySource="resume-source/part")
        parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})


def copied() -> int:
    return store.requests().get("UploadPartCopy", 0)


if __name__ == "__main__":
    main()
