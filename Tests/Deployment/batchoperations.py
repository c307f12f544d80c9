"""S3 Batch Operations, as much of it as a job's creator sees: moto has none.

boto3 reaches it as a web proxy, since the account's id goes before the endpoint's name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from stacklib.doubles import Double, Handler

XMLNS = "http://awss3control.amazonaws.com/doc/2018-08-20/"
HOST = "s3control.test"


class BatchOperations(Double):
    """Jobs go on by a state each time they are looked at; `check` may refuse one with a text."""

    def __init__(self, tasks: Callable[[ElementTree.Element], int], failing: int = 0) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.requests: list[ElementTree.Element] = []
        self.tasks = tasks
        self.failing = failing
        self.when_done: Callable[[], None] = lambda: None
        super().__init__(type("Operations", (_Operations,), {"service": self}))

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_S3_CONTROL": f"http://{HOST}", "HTTP_PROXY": self.url, "http_proxy": self.url}

    def create(self, body: bytes) -> str:
        request = ElementTree.fromstring(body)
        self.requests.append(request)
        token = text(request, "ClientRequestToken")
        for job in self.jobs.values():
            if job["token"] == token:
                return job["id"]
        job = {"id": str(uuid.uuid4()), "token": token, "status": "New", "total": 0, "done": 0, "failed": 0}
        job["request"] = request
        self.jobs[job["id"]] = job
        return job["id"]

    def describe(self, job: dict[str, Any]) -> str:
        match job["status"]:
            case "New":
                job["status"] = "Preparing"
            case "Preparing":
                job["total"] = self.tasks(job["request"])
                job["status"] = "Suspended"
            case "Ready":
                job["status"], job["done"] = "Active", job["total"] // 2
            case "Active":
                job["status"], job["failed"] = "Complete", self.failing
                job["done"] = job["total"] - self.failing
                self.when_done()
        counts = (
            f"<TotalNumberOfTasks>{job['total']}</TotalNumberOfTasks>"
            f"<NumberOfTasksSucceeded>{job['done']}</NumberOfTasksSucceeded>"
            f"<NumberOfTasksFailed>{job['failed']}</NumberOfTasksFailed>"
        )
        return f"<JobId>{job['id']}</JobId><Status>{job['status']}</Status><ProgressSummary>{counts}</ProgressSummary>"


def text(element: ElementTree.Element, *path: str) -> str:
    found = element.find("/".join(f"{{{XMLNS}}}{name}" for name in path))
    return "" if found is None else found.text or ""


class _Operations(Handler):
    service: BatchOperations

    def do_POST(self) -> None:
        body = self.body()
        address = urlsplit(self.path)
        parts = address.path.strip("/").split("/")
        if parts == ["v20180820", "jobs"]:
            self._reply("CreateJobResult", f"<JobId>{self.service.create(body)}</JobId>")
        else:
            job = self.service.jobs[parts[2]]
            job["status"] = parse_qs(address.query)["requestedJobStatus"][0]
            self._reply("UpdateJobStatusResult", f"<JobId>{job['id']}</JobId><Status>{job['status']}</Status>")

    def do_GET(self) -> None:
        job = self.service.jobs[urlsplit(self.path).path.split("/")[3]]
        self._reply("DescribeJobResult", f"<Job>{self.service.describe(job)}</Job>")

    def _reply(self, name: str, content: str) -> None:
        body = f'<?xml version="1.0"?><{name} xmlns="{XMLNS}">{content}</{name}>'.encode()
        self.answer(200, body, Content_Type="application/xml")
