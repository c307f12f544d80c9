"""Walks template.yaml: what it sets and allows is what the programs read and do, and nothing else."""

from __future__ import annotations

import json
import re

from conftest import KEY, REPOSITORY, TEMPLATE, settings, stack
from deploylib.template import body


def driver_environment(made) -> dict[str, str]:
    return made.resources("AWS::Lambda::Function")["Driver"]["Environment"]["Variables"]


def test_every_setting_of_the_driver_is_set(variant):
    wanted = {variable for argument, variable in settings() if argument}
    assert set(driver_environment(variant)) == wanted


def container_environment(made, definition: str) -> dict[str, str]:
    container = made.resources("AWS::Batch::JobDefinition")[definition]["ContainerProperties"]
    return {item["Name"]: item["Value"] for item in container["Environment"]}


def test_a_copying_worker_gets_its_settings_with_its_job():
    assert {variable for argument, variable in settings() if not argument} == {"S3HAUL_RUN"}
    assert container_environment(stack(), "CopyJobDefinition") == {"AWS_REGION": "eu-central-1"}


def test_an_archiving_worker_has_the_settings_of_archives(variant):
    """For messages without settings: the same as the driver puts into those that it sends."""
    source = (REPOSITORY / "Sources/Jobs/Settings/Setting+Bundle.swift").read_text()
    of_bundle = re.findall(r'Setting\(\s*"([a-z-]+)"', source)
    of_what_is_stored = re.findall(r'"([a-z-]+)"', re.search(r"stored: Set = \[(.*?)\]", source, re.DOTALL)[1])
    names = {"S3HAUL_" + name.upper().replace("-", "_") for name in [*of_bundle, *of_what_is_stored, "state"]}
    worker = container_environment(variant, "WorkJobDefinition")
    assert worker.pop("AWS_REGION") == "eu-central-1"
    assert set(worker) == names - {"S3HAUL_RUN"}
    driver = driver_environment(variant)
    assert worker == {name: driver[name] for name in worker}


def test_variants_say_who_may_read(variant):
    environment = driver_environment(variant)
    said = [name for name in ("S3HAUL_ACL", "S3HAUL_GRANT_READ", "S3HAUL_COPY_ACL") if environment[name]]
    kind = variant.parameters["Variant"]
    if kind == "publisher":
        assert environment["S3HAUL_GRANT_READ"] == "id=" + "a" * 64 and environment["S3HAUL_KMS_KEY_ID"] == KEY
    if kind == "subscriber":
        assert environment["S3HAUL_ACL"] == "bucket-owner-full-control"
    assert len(said) <= 1


def test_submit_job_fits_the_definition():
    definition = stack().resources("AWS::Batch::JobDefinition")["CopyJobDefinition"]
    source = (REPOSITORY / "Sources/Jobs/JobCommand.swift").read_text()
    command = json.loads(re.search(r"public static let template = (\[.*\])", source)[1])
    words = definition["ContainerProperties"]["Command"]
    flags = words[2:-2]
    assert [*words[:2], *words[-2:]] == command and flags == ["--output", "json"]
    referred = {word.removeprefix("Ref::") for word in command if word.startswith("Ref::")}
    given = set(re.findall(r'"(\w+)": task\.', re.search(r"parameters = \[(.*)\]", source)[1]))
    assert referred == given == set(definition["Parameters"])
    assert definition["JobDefinitionName"] == "s3haul-copy"


def test_an_update_leaves_the_revision_that_warm_functions_name():
    for definition in stack().resources("AWS::Batch::JobDefinition").values():
        assert definition["ResourceRetentionPolicy"] == {"SkipDeregisterOnUpdate": True}


def test_jobs_are_tried_again_as_the_drivers_are():
    request = (REPOSITORY / "Sources/Jobs/JobCommand+Request.swift").read_text()
    rules = re.findall(r'\.init\((on\w+): "(.*?)", action: \.(\w+)\)', request)
    in_code = [{name[0].upper() + name[1:]: pattern, "Action": action.upper()} for name, pattern, action in rules]
    for definition in stack().resources("AWS::Batch::JobDefinition").values():
        assert definition["RetryStrategy"]["EvaluateOnExit"] == in_code
        assert int(definition["RetryStrategy"]["Attempts"]) == 10


def test_tags_of_jobs_are_those_that_may_be_given():
    source = (REPOSITORY / "Sources/Jobs/JobCommand.swift").read_text()
    (policy,) = stack().resources("AWS::IAM::Role")["DriverRole"]["Policies"]
    (tagging,) = [one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "TagJobs"]
    allowed_keys = tagging["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"]
    assert sorted(allowed_keys) == sorted(re.findall(r'"(s3haul:\w+)":', source))


def test_containers_can_change_nothing_but_their_tmpfs(variant):
    for definition in variant.resources("AWS::Batch::JobDefinition").values():
        container = definition["ContainerProperties"]
        assert container["ReadonlyRootFilesystem"] is True and container["Privileged"] is False
        assert container["User"] == "65532:65532"
        (tmpfs,) = container["LinuxParameters"]["Tmpfs"]
        assert tmpfs["ContainerPath"] == "/tmp"
        # Of those that AWS Batch lists; its mode is 1777 anyway.
        assert tmpfs["MountOptions"] == ["noexec", "nosuid", "nodev"]


def test_the_driver_needs_no_reservation():
    def reserved(**parameters: str):
        return stack(**parameters).resources("AWS::Lambda::Function")["Driver"].get("ReservedConcurrentExecutions")

    assert reserved() == "100" and reserved(DriverConcurrency="0") is None


def test_zip_and_image_are_alternatives():
    image, zipped = stack(), stack(DriverZipBucket="programs", Architecture="arm64")
    driver = image.resources("AWS::Lambda::Function")["Driver"]
    assert driver["PackageType"] == "Image" and driver["ImageConfig"] and "Runtime" not in driver
    driver = zipped.resources("AWS::Lambda::Function")["Driver"]
    assert driver["Runtime"] == "provided.al2023" and "ImageConfig" not in driver
    assert driver["Code"] == {"S3Bucket": "programs", "S3Key": "bootstrap.zip"}
    assert driver["FunctionName"] != image.resources("AWS::Lambda::Function")["Driver"]["FunctionName"]


def test_instances_give_metadata_by_version_2_and_drain_on_the_spot_notice():
    made = stack()
    (template,) = made.resources("AWS::EC2::LaunchTemplate").values()
    data = template["LaunchTemplateData"]
    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    assert "echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config" in data["UserData"].splitlines()
    (environment,) = made.resources("AWS::Batch::ComputeEnvironment").values()
    resources = environment["ComputeResources"]
    assert resources["Type"] == "SPOT" and resources["MinvCpus"] == 0
    assert resources["LaunchTemplate"]["LaunchTemplateId"] == "LaunchTemplate"


def test_workers_run_where_the_image_does():
    def types(**parameters: str):
        made = stack(**parameters).resources("AWS::Batch::ComputeEnvironment")["ComputeEnvironment"]
        return made["ComputeResources"]["InstanceTypes"]

    assert types() == ["default_x86_64"] and types(Architecture="arm64") == ["default_arm64"]
    assert types(InstanceTypes="c7g,m7g") == ["c7g", "m7g"]


def test_workers_are_in_the_subnets_that_are_named():
    def subnets(**parameters: str):
        made = stack(**parameters).resources("AWS::Batch::ComputeEnvironment")["ComputeEnvironment"]
        return made["ComputeResources"]["Subnets"]

    assert subnets() == ["SubnetA", "SubnetB"]
    assert subnets(VpcId="vpc-0", SubnetIds="subnet-0a,subnet-0b") == ["subnet-0a", "subnet-0b"]


def test_workers_have_their_way_out_for_as_long_as_there_are_any():
    routes = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] in ("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation")
    }
    sent = json.loads(body(TEMPLATE))["Resources"]
    assert sent["ComputeEnvironment"]["DependsOn"] == "WayOut"
    condition, made, _ = sent["WayOut"]["Metadata"]["Routes"]["Fn::If"]
    assert condition == "MakesNetwork" and {one["Ref"] for one in made} == routes and len(routes) == 3


def test_only_the_state_buckets_notifications_come_without_a_role():
    policies = stack().resources("AWS::SQS::QueuePolicy").values()
    statements = {queue: policy["PolicyDocument"]["Statement"] for policy in policies for queue in policy["Queues"]}
    assert set(statements) == {"TaskQueue", "DeadLetterQueue"}
    for queue, own in statements.items():
        assert [one["Condition"] for one in own if one["Effect"] == "Deny"] == [
            {"Bool": {"aws:SecureTransport": "false"}}
        ]
        assert {one["Resource"] for one in own} == {queue}
    (allow,) = [one for own in statements.values() for one in own if one["Effect"] == "Allow"]
    assert (allow["Principal"], allow["Action"]) == ({"Service": "s3.amazonaws.com"}, "sqs:SendMessage")
    assert allow["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnEquals": {"aws:SourceArn": "StateBucket"},
    }


def test_a_first_installation_that_fails_leaves_nothing():
    kept = {name for name, resource in TEMPLATE["Resources"].items() if "Retain" in resource.get("DeletionPolicy", "")}
    assert kept == {"StateBucket", "TaskQueue", "DeadLetterQueue"}
    assert {TEMPLATE["Resources"][name]["DeletionPolicy"] for name in kept} == {"RetainExceptOnCreate"}


def test_lifecycle_rules_abort_and_expire():
    made = stack()
    rules = made.resources("AWS::S3::Bucket")["StateBucket"]["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    (abort,) = [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]
    assert abort["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 3} and "Prefix" not in abort
    expiring = {rule["Prefix"]: int(rule["ExpirationInDays"]) for rule in rules if "ExpirationInDays" in rule}
    assert expiring == {"state/": 45, "manifests/": 365, "records/": 365, "reports/": 365}


def test_claims_outlive_the_messages_that_need_them():
    """In the queue, among the dead letters, and in the queue again after they are sent back."""
    queues = stack().resources("AWS::SQS::Queue")
    live, dead = (queues[name]["MessageRetentionPeriod"] / 86400 for name in ("TaskQueue", "DeadLetterQueue"))
    assert TEMPLATE["Parameters"]["StateRetentionDays"]["MinValue"] > live + dead + live


def test_a_worker_outlasts_the_alarm_that_started_it():
    """Else a message that comes while the alarm still holds would find no worker, and start none."""
    command = stack().resources("AWS::Batch::JobDefinition")["WorkJobDefinition"]["ContainerProperties"]["Command"]
    idle = command[command.index("--idle-exit") + 1]
    alarm = stack().resources("AWS::CloudWatch::Alarm")["QueueHasMessages"]
    (period,) = {metric["MetricStat"]["Period"] for metric in alarm["Metrics"] if "MetricStat" in metric}
    assert idle.endswith("m") and int(idle[:-1]) * 60 >= 2 * period * alarm["EvaluationPeriods"]


def test_the_alarm_that_starts_a_worker_ends_while_one_receives():
    alarm = stack().resources("AWS::CloudWatch::Alarm")["QueueHasMessages"]
    metrics = {one["Id"]: one for one in alarm["Metrics"]}
    assert metrics["waiting"]["Expression"] == "IF(visible > 0 AND FILL(received, 0) == 0, 1, 0)"
    # Metrics that come late must not hide those that are there.
    assert alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"]
    assert metrics["received"]["MetricStat"]["Metric"]["MetricName"] == "NumberOfMessagesReceived"
    assert [name for name, one in metrics.items() if one["ReturnData"]] == ["waiting"]


def test_a_sum_of_metrics_needs_not_all_of_them():
    """Metrics that were never published have no values that FILL could fill; SUM of an array passes them over."""
    for name, alarm in stack().resources("AWS::CloudWatch::Alarm").items():
        for metric in alarm.get("Metrics", []):
            assert "+" not in metric.get("Expression", ""), name


# What AWS's services say their metrics are of.
DIMENSIONS = {
    "AWS/SQS": ("QueueName", {"TaskQueue", "DeadLetterQueue"}),
    "AWS/Events": ("RuleName", {"StartWorker", "StartWorkers", "JobFailed"}),
    "AWS/Lambda": ("FunctionName", {"Driver"}),
}


def test_alarms_look_at_metrics_that_are_written():
    """An alarm on a metric that has other dimensions, or another name, is never raised."""
    source = (REPOSITORY / "Sources/Driver/Logging/MetricsLine.swift").read_text()
    (namespace,) = re.findall(r'var namespace = "(\w+)"', source)
    (dimension,) = json.loads(re.search(r"var dimensions = \[(\[.*?\])\]", source)[1])
    written = set(re.findall(r'Metric\(name: "(\w+)"', source))
    dimensions = {**DIMENSIONS, namespace: (dimension, {"Driver"})}
    looked_at = set()
    for alarm in stack().resources("AWS::CloudWatch::Alarm").values():
        for metric in [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one] or [
            alarm
        ]:
            name, values = dimensions[metric["Namespace"]]
            (own,) = metric["Dimensions"]
            assert own["Name"] == name and own["Value"] in values
            assert metric["Namespace"] != namespace or metric["MetricName"] in written
            looked_at.add(metric["Namespace"])
    assert looked_at == set(dimensions)


def test_the_dashboard_shows_the_metrics_that_are_written():
    body = json.loads(stack().resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"])
    shown = {
        name
        for widget in body["widgets"]
        for metric in widget["properties"].get("metrics", [])
        for name in metric[1:2]
        if isinstance(name, str)
    }
    source = (REPOSITORY / "Sources/Driver/Logging/MetricsLine.swift").read_text()
    written = set(re.findall(r'Metric\(name: "(\w+)"', source))
    assert written <= shown
    alarms = set(stack().resources("AWS::CloudWatch::Alarm")) - {"QueueHasMessages", "QueueIsDeep"}
    (list_of_alarms,) = [widget for widget in body["widgets"] if widget["type"] == "alarm"]
    assert set(list_of_alarms["properties"]["alarms"]) == alarms


def test_parameters_are_described_checked_and_grouped():
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(TEMPLATE["Parameters"])
    for name, parameter in TEMPLATE["Parameters"].items():
        assert len(parameter["Description"]) > 15, name
        limits = {"AllowedPattern", "AllowedValues", "MinValue", "MinLength"} & parameter.keys()
        free = name.startswith("Grant") or name in {"Tags", "ObjectMetadata", "InstanceTypes"}
        assert limits or free, f"{name} takes anything"
        if "AllowedPattern" in parameter and "Default" in parameter:
            assert re.fullmatch(parameter["AllowedPattern"], str(parameter["Default"])), name
