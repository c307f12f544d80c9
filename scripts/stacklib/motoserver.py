"""moto's server with DescribeJobs that tells a job's retry strategy, as AWS Batch does and moto forgets."""

from __future__ import annotations

import json
from typing import Any

from moto.batch.responses import BatchResponse
from moto.server import main

submit, describe = BatchResponse.submitjob, BatchResponse.describejobs
strategies: dict[str, Any] = {}


def submitjob(self: BatchResponse) -> str:
    reply = submit(self)
    strategies[json.loads(reply)["jobId"]] = self._get_param("retryStrategy")
    return reply


def describejobs(self: BatchResponse) -> str:
    reply = json.loads(describe(self))
    for job in reply["jobs"]:
        if strategy := strategies.get(job["jobId"]):
            job["retryStrategy"] = strategy
    return json.dumps(reply)


BatchResponse.submitjob, BatchResponse.describejobs = submitjob, describejobs

if __name__ == "__main__":
    main()
