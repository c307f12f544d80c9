"""moto's server with what moto forgets: a job's retry strategy in DescribeJobs, the outputs of a stack that a change
set made or changed, the ACL of an object that was uploaded in parts and given none, and that a copy has no website
redirect but its own."""

from __future__ import annotations

import json
from typing import Any

from moto.batch.responses import BatchResponse
from moto.cloudformation.models import CloudFormationBackend
from moto.s3.models import FakeAcl, FakeKey, S3Backend
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
execute = CloudFormationBackend.execute_change_set


def execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    execute(self, change_set_name, stack_name)
    stack = self.stacks[self.change_sets[change_set_name].stack_id]
    stack._parse_template()
    stack.output_map = stack._create_output_map()


CloudFormationBackend.execute_change_set = execute_change_set
put_acl = S3Backend.put_object_acl


def put_object_acl(self: S3Backend, bucket_name: str, key_name: str, acl: FakeAcl | None, **options: Any) -> None:
    put_acl(self, bucket_name, key_name, acl or self.get_bucket(bucket_name).acl, **options)


S3Backend.put_object_acl = put_object_acl
copy = S3Backend.copy_object


def copy_object(self: S3Backend, source: FakeKey, bucket_name: str, key_name: str, **options: Any) -> None:
    copy(self, source, bucket_name, key_name, **options)
    self.get_object(bucket_name, key_name).metadata.pop("x-amz-website-redirect-location", None)


S3Backend.copy_object = copy_object

if __name__ == "__main__":
    main()
