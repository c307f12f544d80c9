"""Small objects: a prefix of 10,000 objects of 10 KiB copied on the server's side, bucket to bucket."""

import store
from measure import Report, alternately, run

COUNT = 10_000
OURS = [store.S3HAUL, "copy", "--recursive", "s3://small-source/small/", "s3://small-target/small/"]


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "small-source")
    store.fill_small(s3, "small-source", COUNT)

    def ours():
        store.make_bucket(s3, "small-target")
        return check(s3, run("s3haul", OURS, store.S3HAUL_ENV)[0])

    def s5cmd():
        store.make_bucket(s3, "small-target")
        command = [*store.s5cmd(), "cp", "s3://small-source/small/*", "s3://small-target/small/"]
        return check(s3, run("s5cmd", command)[0])

    def rclone():
        store.make_bucket(s3, "small-target")
        ends = ["s:small-source/small", "s:small-target/small"]
        command = [*store.rclone(), "copy", "--transfers", "64", "--checkers", "64", *ends]
        return check(s3, run("rclone", command, store.RCLONE_ENV)[0])

    report = Report("small", f"a prefix of {COUNT:,} objects of 10 KiB, bucket to bucket")
    costs = alternately(2, {"s3haul": ours, "s5cmd": s5cmd, "rclone": rclone})
    for cost in costs.values():
        report.add(cost)
    mine, peer = costs["s3haul"], costs["s5cmd"]
    report.target("seconds, of s5cmd's", mine.seconds / peer.seconds, 0.85)
    report.target("CPU, of s5cmd's", mine.cpu_seconds / peer.cpu_seconds, 0.25)
    # What is copied already costs nothing but the listings.
    store.make_bucket(s3, "small-target")
    store.forget_requests()
    check(s3, run("s3haul", OURS, store.PROXIED_ENV)[0])
    report.target("requests: one an object, and the listing", sum(store.requests().values()), COUNT + COUNT // 1000 + 2)
    report.write()
    for bucket in ("small-source", "small-target"):
        store.drop_bucket(s3, bucket)


def check(s3, cost):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="small-target", Prefix="small/")
    count = sum(page["KeyCount"] for page in pages)
    assert count == COUNT, f"{cost.tool} copied {count}"
    return cost


if __name__ == "__main__":
    main()
