"""The driver as it would be written with boto3: what the `driver` benchmark compares with, on the same emulator."""

import json
import os
import urllib.request
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
runtime = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
target = os.environ["S3HAUL_DESTINATION_BUCKET"]


def handle(event: dict) -> dict:
    task = event["tasks"][0]
    source = {"Bucket": task["s3BucketArn"].split(":")[-1], "Key": unquote_plus(task["s3Key"])}
    head = s3.head_object(**source)
    try:
        s3.head_object(Bucket=target, Key=source["Key"])
    except s3.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    s3.copy_object(Bucket=target, Key=source["Key"], CopySource=source, CopySourceIfMatch=head["ETag"])
    return {
        "invocationSchemaVersion": event["invocationSchemaVersion"],
        "treatMissingKeysAs": "PermanentFailure",
        "invocationId": event["invocationId"],
        "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": "copied"}],
    }


while True:
    with urllib.request.urlopen(f"{runtime}/next") as invocation:
        request, event = invocation.headers["Lambda-Runtime-Aws-Request-Id"], json.load(invocation)
    answer = json.dumps(handle(event)).encode()
    urllib.request.urlopen(urllib.request.Request(f"{runtime}/{request}/response", data=answer)).close()
