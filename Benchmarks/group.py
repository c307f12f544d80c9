"""Grouping: an S3 Inventory of 10 million rows becomes bundle manifests, on one core."""

import csv
import gzip
import hashlib
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from measure import Report, alternately, run
from store import S3HAUL, clear

FILES, ROWS = 10, 1_000_000
COUNT, SIZE = 65_000, 4 << 30
ONE_CORE = ["taskset", "-c", "0"]
COLUMNS = ["Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass"]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_inventory(folder)
        manifest = folder / "manifest.json"
        out = folder / "out"

        def ours(*flags):
            clear(out).rmdir()
            command = [S3HAUL, "group", "--manifest", manifest, "--to", out, "--output", "json", "--quiet", *flags]
            cost, text = run("s3haul", [*ONE_CORE, *command])
            assert json.loads(text)["totals"]["objects"] == FILES * ROWS
            return cost

        def theirs(tool):
            clear(out)
            return run(tool, [*ONE_CORE, sys.executable, __file__, tool, manifest, out])[0]

        tools = {"s3haul": ours, "duckdb": lambda: theirs("duckdb"), "python csv": lambda: theirs("python csv")}
        report = Report("group", f"an inventory of {FILES * ROWS:,} rows, on one core")
        costs = alternately(1, tools)
        for cost in costs.values():
            report.add(cost)
        many = ours("--by", "prefix", "--depth", "5")
    mine = costs["s3haul"]
    report.target("microseconds a row", mine.seconds / (FILES * ROWS) * 1e6, 2)
    report.target("peak memory", mine.peak_mib, 64, " MiB")
    report.target("peak memory with 1,000 groups open", many.peak_mib, 64, " MiB")
    report.write()


def make_inventory(folder: Path) -> None:
    """One file of rows, under as many names as there are files: what is in them does not matter twice."""
    random.seed(1)
    (folder / "data").mkdir()
    first = folder / "data/0.csv.gz"
    with gzip.open(first, "wt", compresslevel=6) as file:
        for n in range(ROWS):
            month, day = n % 12 + 1, n % 28 + 1
            key = f"sources/2026/{month:02}/{day:02}/{('a', 'caf%C3%A9', 'b+c', 'd')[n % 4]}/{n:09}.json"
            time = f"2026-{month:02}-{day:02}T{n % 24:02}:{n % 60:02}:{n % 59:02}.000Z"
            etag = f"{random.getrandbits(128):032x}"
            file.write(f'"photos","{key}","{random.randrange(100, 40_000)}","{time}","{etag}","STANDARD"\n')
    content = first.read_bytes()
    files = []
    for n in range(FILES):
        path = folder / f"data/{n}.csv.gz"
        if n:
            os.link(first, path)
        files.append(
            {"key": f"data/{path.name}", "size": len(content), "MD5checksum": hashlib.md5(content).hexdigest()}
        )
    (folder / "manifest.json").write_text(
        json.dumps(
            {
                "sourceBucket": "photos",
                "destinationBucket": "arn:aws:s3:::lists",
                "version": "2016-11-30",
                "fileFormat": "CSV",
                "fileSchema": ", ".join(COLUMNS),
                "files": files,
            }
        )
    )


def with_duckdb(manifest: Path, out: Path) -> None:
    """By count alone, into CSV: a size that begins anew at each threshold is nothing that SQL says in one pass, and its
    JSON is not written in parts."""
    import duckdb

    columns = {name: "BIGINT" if name == "Size" else "VARCHAR" for name in COLUMNS}
    duckdb.sql("SET threads = 1")
    duckdb.sql(f"SET temp_directory = '{out.parent}/spill'")
    duckdb.sql(
        f"""COPY (SELECT *, (row_number() OVER () - 1) // {COUNT} AS part
                  FROM read_csv('{manifest.parent}/data/*.csv.gz', header = false, columns = {columns}))
            TO '{out}' (FORMAT csv, PARTITION_BY (part), OVERWRITE_OR_IGNORE)"""
    )


def with_csv(manifest: Path, out: Path) -> None:
    """What s3grouper does of a row: csv.DictReader, two sums, a line; without its errors."""
    document = json.loads(manifest.read_text())
    headers = [name.strip() for name in document["fileSchema"].split(",")]
    number, lines, size = 0, [], 0
    for entry in document["files"]:
        with gzip.open(manifest.parent / entry["key"], "rt", newline="") as file:
            for row in csv.DictReader(file, headers):
                if row["StorageClass"] == "GLACIER":
                    continue
                lines.append(f"{row['Bucket']},{row['Key']},{row['Size']}\n")
                size += int(row["Size"])
                if len(lines) >= COUNT or size >= SIZE:
                    (out / f"manifest.{number}.index").write_text("".join(lines))
                    number, lines, size = number + 1, [], 0
    (out / f"manifest.{number}.index").write_text("".join(lines))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        tool = {"duckdb": with_duckdb, "python csv": with_csv}[sys.argv[1]]
        tool(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
