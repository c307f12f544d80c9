"""Days as s3compressor archives them: a listing a day, the day's objects to disk by threads, a zip, one upload."""

import os
import shutil
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3

source, target, prefix, days, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), 8
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
work = Path(tempfile.mkdtemp())


def archive(year: int, month: int, day: int) -> bool:
    stem = f"{prefix}/{year}/{month:02}/{day:02}"
    pages = s3.get_paginator("list_objects").paginate(Bucket=source, Prefix=stem)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    if not keys:
        return False
    folder = work / f"{year}{month:02}{day:02}"
    folder.mkdir()

    def download(key: str) -> Path:
        path = folder / key.removeprefix(f"{stem}/").replace("/", "_")
        s3.download_file(source, key, str(path))
        return path

    with ThreadPoolExecutor(threads) as pool:
        files = list(pool.map(download, keys))
    name = f"{folder}.zip"
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in files:
            zipped.write(path, path.name)
    s3.upload_file(name, target, f"{source}/{folder.name}.zip")
    shutil.rmtree(folder)
    os.unlink(name)
    return True


done = 0
# It asks for 31 days of every month.
for month in range(1, 13):
    for day in range(1, 32):
        if done < days:
            done += archive(2017, month, day)
shutil.rmtree(work)
