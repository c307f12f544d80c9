"""Walks the roles of template.yaml: each may do what its program asks for, on what it is for, and nothing else."""

from __future__ import annotations

import re

import pytest
from conftest import KEY, REPOSITORY, SOURCES, stack

# What a role may do on which resource, and the operation of the programs that asks for it.
READ_SOURCE = {
    "s3:GetObject": "headObject",
    "s3:GetObjectVersion": "headObject",
    "s3:GetObjectRetention": "headObject",
    "s3:GetObjectLegalHold": "headObject",
    "s3:GetObjectTagging": "getObjectTagging",
    "s3:GetObjectVersionTagging": "getObjectTagging",
}
READ_ACL = {"s3:GetObjectAcl": "getObjectAcl", "s3:GetObjectVersionAcl": "getObjectAcl"}
WRITE = {
    "s3:PutObject": "copyObject",
    "s3:PutObjectTagging": "putObjectTagging",
    "s3:PutObjectVersionTagging": "putObjectTagging",
    "s3:PutObjectRetention": "copyObject",
    "s3:PutObjectLegalHold": "copyObject",
    "s3:GetObject": "headObject",
    "s3:GetObjectVersion": "headObject",
    "s3:GetObjectTagging": "getObjectTagging",
    "s3:GetObjectVersionTagging": "getObjectTagging",
    "s3:AbortMultipartUpload": "abortMultipartUpload",
    "s3:ListMultipartUploadParts": "listParts",
}
DESTINATION = {"s3:ListBucket": "headObject", "s3:ListBucketMultipartUploads": "listMultipartUploads"}
WRITE_STATE = {"s3:PutObject": "putObject", "s3:AbortMultipartUpload": "abortMultipartUpload"}
CHECKPOINTS = {"s3:GetObject": "getObject", "s3:DeleteObject": "deleteObject", **WRITE_STATE}
JOBS = "arn:aws:batch:eu-central-1:111122223333"


def allowed(made, role: str) -> dict[str, set[str]]:
    """The actions that a role may do, by resource."""
    roles, policies = made.resources("AWS::IAM::Role"), made.resources("AWS::IAM::ManagedPolicy")
    documents = [policy["PolicyDocument"] for policy in roles[role].get("Policies", [])]
    documents += [policies[name]["PolicyDocument"] for name in roles[role].get("ManagedPolicyArns", [])]
    found: dict[str, set[str]] = {}
    for statement in (statement for document in documents for statement in document["Statement"]):
        assert statement["Effect"] == "Allow"
        for resource in listed(statement["Resource"]):
            found.setdefault(resource, set()).update(listed(statement["Action"]))
    return found


def listed(value):
    return value if isinstance(value, list) else [value]


def merged(*tables: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    whole: dict[str, dict[str, str]] = {}
    for table in tables:
        for resource, actions in table.items():
            whole.setdefault(resource, {}).update(actions)
    return whole


def expected_of_both(**with_acls: bool) -> dict[str, dict[str, str]]:
    objects = {**READ_SOURCE, **(READ_ACL if with_acls.get("copied") else {})}
    written = {**WRITE, **({"s3:PutObjectAcl": "copyObject"} if with_acls.get("given") else {})}
    return {
        "arn:aws:s3:::media/*": objects,
        "arn:aws:s3:::more/*": objects,
        "arn:aws:s3:::media": {"s3:ListBucket": "headObject"},
        "arn:aws:s3:::more": {"s3:ListBucket": "headObject"},
        "arn:aws:s3:::archive/*": written,
        "arn:aws:s3:::archive": DESTINATION,
    }


DRIVER_ALONE = {
    "DriverLogs": {"logs:CreateLogStream": "Lambda", "logs:PutLogEvents": "Lambda"},
    "JobQueue": {"batch:SubmitJob": "submitJob"},
    f"{JOBS}:job-definition/s3haul-copy:*": {"batch:SubmitJob": "submitJob"},
    f"{JOBS}:job/*": {"batch:TagResource": "submitJob"},
    "TaskQueue": {"sqs:SendMessage": "sendMessageBatch"},
}
WORKER_ALONE = {
    "StateBucket/state/*": CHECKPOINTS,
    "StateBucket/manifests/*": {"s3:GetObject": "getObject", **WRITE_STATE},
    "StateBucket/records/*": WRITE_STATE,
    "StateBucket": {"s3:ListBucket": "getObject"},
    "TaskQueue": {
        "sqs:ReceiveMessage": "receiveMessage",
        "sqs:DeleteMessage": "deleteMessageBatch",
        "sqs:ChangeMessageVisibility": "changeMessageVisibilityBatch",
        "sqs:GetQueueAttributes": "getQueueAttributes",
    },
}
NOT_OURS = {
    "BatchOperationsRole": {
        "Driver": {"lambda:InvokeFunction"},
        "StateBucket/manifests/*": {"s3:GetObject", "s3:GetObjectVersion"},
        "StateBucket/reports/*": {"s3:PutObject"},
    },
    "ExecutionRole": {
        "arn:aws:ecr:eu-central-1:111122223333:repository/s3haul": {
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchCheckLayerAvailability",
        },
        "*": {"ecr:GetAuthorizationToken"},
        "WorkerLogs": {"logs:CreateLogStream", "logs:PutLogEvents"},
    },
    "StarterRole": {"JobQueue": {"batch:SubmitJob"}, "WorkJobDefinition": {"batch:SubmitJob"}},
}


@pytest.mark.parametrize(
    ("role", "table"),
    [
        ("DriverRole", merged(expected_of_both(), DRIVER_ALONE)),
        ("WorkerRole", merged(expected_of_both(), WORKER_ALONE)),
    ],
)
def test_a_role_may_do_what_its_program_does(role, table):
    assert allowed(stack(), role) == {resource: set(actions) for resource, actions in table.items()}
    for operation in {operation for actions in table.values() for operation in actions.values()} - {"Lambda"}:
        assert is_called(operation), f"{role} may do what no program asks for: {operation}"


def is_called(operation: str) -> bool:
    clients = ("S3", "SQS", "BatchJobs")
    callers = (
        text for path, text in SOURCES.items() if path.relative_to(REPOSITORY / "Sources").parts[0] not in clients
    )
    return any(re.search(rf"\b{operation}\(", text) for text in callers)


@pytest.mark.parametrize("role", NOT_OURS)
def test_a_service_may_do_what_it_is_there_for(role):
    assert allowed(stack(), role) == NOT_OURS[role]


def test_every_role_is_looked_at():
    roles = set(stack().resources("AWS::IAM::Role"))
    assert roles == {"DriverRole", "WorkerRole", *NOT_OURS, "InstanceRole"}
    (managed,) = stack().resources("AWS::IAM::Role")["InstanceRole"]["ManagedPolicyArns"]
    assert managed == "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


def test_acls_keys_and_deletes_are_allowed_where_they_are_asked_for():
    parameters = {"CopyAcl": "true", "KmsKeyArn": KEY, "SourceKmsKeyArns": f"{KEY}5,{KEY}6", "DeleteSource": "true"}
    whole = stack(DestinationPrefix="copies/", **parameters)
    driver, worker = allowed(whole, "DriverRole"), allowed(whole, "WorkerRole")
    for role in (driver, worker):
        assert role["arn:aws:s3:::media/*"] >= set(READ_ACL)
        assert role["arn:aws:s3:::archive/copies/*"] == {*WRITE, "s3:PutObjectAcl"}
        assert role[KEY] == {"kms:GenerateDataKey", "kms:Decrypt"}
        assert role[f"{KEY}5"] == role[f"{KEY}6"] == {"kms:Decrypt"}
    assert worker["arn:aws:s3:::more/*"] - driver["arn:aws:s3:::more/*"] == {"s3:DeleteObject"}
    versions = allowed(stack(DeleteVersions="true", DeleteSource="true"), "WorkerRole")["arn:aws:s3:::more/*"]
    assert versions >= {"s3:DeleteObject", "s3:DeleteObjectVersion"}


def test_inventories_are_read_and_decrypted_where_they_are_named():
    named = stack(InventoryBucketArn="arn:aws:s3:::inventory", InventoryKmsKeyArn=KEY)
    reading = {"arn:aws:s3:::inventory/*": {"s3:GetObject", "s3:GetObjectVersion"}, KEY: {"kms:Decrypt"}}
    assert allowed(named, "BatchOperationsRole") == NOT_OURS["BatchOperationsRole"] | reading


def test_nothing_else_is_for_everything(variant):
    documents = [*variant.resources("AWS::IAM::ManagedPolicy").values()]
    documents += [
        policy for role in variant.resources("AWS::IAM::Role").values() for policy in role.get("Policies", [])
    ]
    wide = [
        statement["Sid"]
        for document in documents
        for statement in document["PolicyDocument"]["Statement"]
        if "*" in [*listed(statement["Resource"]), *(action.split(":")[1] for action in listed(statement["Action"]))]
    ]
    assert wide == ["LogIn"]


def test_who_may_take_a_role_is_of_this_account():
    for name, role in stack().resources("AWS::IAM::Role").items():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        (principal,) = statement["Principal"].values()
        # These two take roles for what is in the account anyway, and send no source.
        if principal in ("lambda.amazonaws.com", "ec2.amazonaws.com"):
            continue
        # Of S3 Batch Operations it is not documented that it sends one.
        sent = "IfExists" if principal == "batchoperations.s3.amazonaws.com" else ""
        assert statement["Condition"]["StringEquals" + sent] == {"aws:SourceAccount": "111122223333"}, name
        assert "aws:SourceArn" in statement["Condition"]["ArnLike" + sent], name
