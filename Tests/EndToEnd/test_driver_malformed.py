"""Events that S3 Batch Operations would not send: the driver's program answers each, and none ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from driverevents import DriverInEmulator

ROWS = [json.loads(line) for line in (Path(__file__).parents[1] / "events/malformed.jsonl").read_text().splitlines()]


def body(row: dict) -> bytes:
    """The event of a row."""
    if "repeat" in row:
        parts = row["repeat"]
        return (parts["before"] + parts["unit"] * parts["count"] + parts["after"]).encode()
    return bytes.fromhex(row["hex"]) if "hex" in row else row["event"].encode()


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    """One driver for all events, so that one that ends it is noticed by those that follow."""
    started = DriverInEmulator(
        tmp_path_factory.mktemp("driver") / "driver.log",
        S3HAUL_DESTINATION_BUCKET="destination",
        # Nothing listens there: no event of these may get that far but those that may be anything.
        AWS_ENDPOINT_URL_S3="http://127.0.0.1:9",
        AWS_MAX_ATTEMPTS="1",
    )
    yield started
    started.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_event_gets_an_answer(driver, row):
    status, answer = driver.post(body(row))
    assert status == 200, answer
    parsed = json.loads(answer)
    if "errorType" in parsed:
        assert row["expect"] in ("error", "any"), parsed
        assert parsed["errorType"] == "Runtime.MalformedEvent"
        assert parsed["errorMessage"]
        return
    assert row["expect"] != "error"
    assert (parsed["results"] == []) == (row["expect"] == "empty")
    for result in parsed["results"]:
        assert row["expect"] == "any" or result["resultCode"] == "PermanentFailure", result
        assert result["resultString"] and "\n" not in result["resultString"]
        assert len(result["resultString"]) <= 1024


def test_none_of_them_ended_the_process(driver):
    driver.post(b"{}")
    log = driver.log.read_text()
    assert log.count("INIT START") <= 1, "the emulator starts the program once for each time that it ended"
