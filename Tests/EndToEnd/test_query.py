"""The queries of docs/query.md, over the indexes of bundles in the S3 server: by DuckDB, there and in a folder."""

from __future__ import annotations

import gzip
import importlib.util
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest
from conftest import PROGRAMS, REPOSITORY

DAYS = {"20261120": ["raw/a.dng", "raw/b.dng"], "20261121": ["raw/b.dng", "film.mxf"]}


def statements() -> list[str]:
    """The document's SQL, each statement by itself."""
    text = (REPOSITORY / "docs" / "query.md").read_text()
    return re.findall(r"^```sql\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def archive(s3, tmp_path_factory):
    """A bucket with an archive a day, named as the document names them."""
    folder = tmp_path_factory.mktemp("query")
    for bucket in ["query-media", "query-archive"]:
        s3.create_bucket(Bucket=bucket)
    for number, (day, keys) in enumerate(DAYS.items()):
        for key in keys:
            body = b"the same" if key == "raw/a.dng" or (key, number) == ("raw/b.dng", 1) else f"{key} {day}".encode()
            s3.put_object(Bucket="query-media", Key=key, Body=body, Tagging="team=film" if "film" in key else "")
        manifest = folder / f"{day}.csv"
        manifest.write_text("".join(f"query-media,{key}\n" for key in keys))
        subprocess.run(
            [PROGRAMS / "s3haul", "bundle", "--manifest", manifest, "--to", "s3://query-archive/media",
             "--archive-name", f"bucket={{bucket}}/day={day}/{{name}}", "--index-format", "csv"],
            env={**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"]}, check=True,
        )  # fmt: skip
    return "query-archive"


def check(database: duckdb.DuckDBPyConnection, queries: list[str]) -> None:
    where, by_day, twins = [database.sql(query.replace("'media'", "'query-media'")).fetchall() for query in queries]
    assert sorted(row[:3] for row in where) == [
        (f"s3://query-archive/media/bucket=query-media/day={day}/{day}.tar.gz", "query-media/raw/b.dng", size)
        for day, size in [("20261120", 18), ("20261121", 8)]
    ]
    assert [(str(day), objects, size) for day, objects, size in by_day] == [("20261121", 1, 17)]
    assert [(copies, sorted(keys)) for _, copies, keys in twins] == [(2, ["raw/a.dng", "raw/b.dng"])]


def test_the_indexes_of_a_bucket_are_one_table(archive):
    secret, view, *queries = statements()
    extension = Path(importlib.util.find_spec("duckdb_extension_httpfs").submodule_search_locations[0])
    database = duckdb.connect()
    database.load_extension(str(next(extension.rglob("httpfs.duckdb_extension"))))
    secret = secret.replace("your-key-id", os.environ["AWS_ACCESS_KEY_ID"])
    secret = secret.replace("your-secret", os.environ["AWS_SECRET_ACCESS_KEY"])
    endpoint = urlsplit(os.environ["S3HAUL_TEST_S3"]).netloc
    database.execute(secret.replace(");", f", ENDPOINT '{endpoint}', URL_STYLE 'path', USE_SSL false);"))
    database.execute(view.replace("s3://archive/", f"s3://{archive}/"))
    check(database, queries)


def test_both_tables_have_every_field_of_an_index(archive, s3):
    """An index in CSV names them all in its first line."""
    (key, *_) = (entry["Key"] for entry in s3.list_objects_v2(Bucket=archive)["Contents"] if "csv" in entry["Key"])
    fields = gzip.decompress(s3.get_object(Bucket=archive, Key=key)["Body"].read()).decode().split("\n")[0].split(",")
    text = (REPOSITORY / "docs" / "query.md").read_text()
    (duck,) = re.findall(r"columns = \{(.*?)\}", text, re.DOTALL)
    (athena,) = re.findall(r"^CREATE EXTERNAL TABLE \w+ \((.*?)\)$", text, re.MULTILINE | re.DOTALL)
    assert re.findall(r"(\w+): '", duck) == fields
    assert [column.split()[0] for column in re.split(r",\s(?!string>)", athena)] == fields


def test_they_are_one_in_a_folder(archive, s3, tmp_path):
    _, view, *queries = statements()
    for entry in s3.list_objects_v2(Bucket=archive)["Contents"]:
        if entry["Key"].endswith(".index.jsonl.gz"):
            path = tmp_path / "indexes" / entry["Key"].removeprefix("media/")
            path.parent.mkdir(parents=True)
            s3.download_file(archive, entry["Key"], str(path))
    database = duckdb.connect()
    text = (REPOSITORY / "docs" / "query.md").read_text()
    assert "'indexes/**/*.index.jsonl.gz'" in text
    database.execute(view.replace("s3://archive/media/", f"{tmp_path}/indexes/"))
    check(database, queries)
