"""moto's server, with a CloudFormation that keeps what plumbline judges. Takes its options.

moto's own leaves out a good part of what a template says of a bucket, a task definition or a service, and
then an audit would find faults that the template does not have.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroup
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service, TaskDefinition, ecs_backends
from moto.iam.access_control import PermissionResult
from moto.kms.models import Key
from moto.logs.models import LogGroup
from moto.s3.models import FakeBucket, s3_backends
from moto.server import main
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (
    StateTaskServiceEcs,
)

# The server is started without the scripts' folder in the path.
sys.path.append(str(Path(__file__).parent))
import moto_server  # noqa: E402

Properties = dict[str, Any]
# The physical name, the properties, the account and the Region; gives the resource.
Create = Callable[[str, Properties, str, str], Any]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def as_api(value: Any) -> Any:
    """As the API spells it: the first letter of each key is small."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: as_api(inner) for key, inner in value.items()}
    return [as_api(inner) for inner in value] if isinstance(value, list) else value


def task_definition(name: str, properties: Properties, account: str, region: str) -> Any:
    # The keys of these are names and not the API's.
    options = [c.get("LogConfiguration", {}).pop("Options", None) for c in properties["ContainerDefinitions"]]
    given = {snake(key): as_api(value) for key, value in properties.items() if key != "Tags"}
    for container, option in zip(given["container_definitions"], options, strict=True):
        if option:
            container["logConfiguration"]["options"] = option
        check = container.get("healthCheck")
        for number in (check or {}).keys() - {"command"}:
            check[number] = int(check[number])
    given["cpu"], given["memory"] = str(given["cpu"]), str(given["memory"])
    return ecs_backends[account][region].register_task_definition(**given)


def cluster(name: str, properties: Properties, account: str, region: str) -> Any:
    settings = as_api(properties.get("ClusterSettings", []))
    return ecs_backends[account][region].create_cluster(name, cluster_settings=settings)


def service(name: str, properties: Properties, account: str, region: str) -> Any:
    made = ecs_backends[account][region].create_service(
        properties["Cluster"],
        name,
        int(properties["DesiredCount"]),
        task_definition_str=properties["TaskDefinition"],
        launch_type=properties["LaunchType"],
        network_configuration=as_api(properties["NetworkConfiguration"]),
        propagate_tags=properties.get("PropagateTags", "NONE"),
    )
    made.deployment_configuration = as_api(properties["DeploymentConfiguration"])
    for number in ("minimumHealthyPercent", "maximumPercent"):
        made.deployment_configuration[number] = int(made.deployment_configuration[number])
    # No task runs in an emulator; as it were, they do.
    made.running_count, made.pending_count = made.desired_count, 0
    return made


def scalable_target(_name: str, properties: Properties, account: str, region: str) -> None:
    applicationautoscaling_backends[account][region].register_scalable_target(
        properties["ServiceNamespace"],
        properties["ResourceId"],
        properties["ScalableDimension"],
        int(properties["MinCapacity"]),
        int(properties["MaxCapacity"]),
        properties.get("RoleARN", ""),
        properties.get("SuspendedState"),
    )


def bucket_policy(_name: str, properties: Properties, account: str, region: str) -> None:
    policy = json.dumps(properties["PolicyDocument"]).encode()
    s3_backends[account]["aws"].put_bucket_policy(properties["Bucket"], policy)


def bucket(made: FakeBucket, properties: Properties, account: str, _region: str) -> None:
    backend = s3_backends[account]["aws"]
    backend.put_bucket_versioning(made.name, properties["VersioningConfiguration"]["Status"])
    block = {key: str(value).lower() for key, value in properties["PublicAccessBlockConfiguration"].items()}
    backend.put_public_access_block(made.name, block)


def key(made: Key, properties: Properties, _account: str, _region: str) -> None:
    made.policy = json.dumps(properties["KeyPolicy"])


def log_group(made: LogGroup, properties: Properties, _account: str, _region: str) -> None:
    made.kms_key_id = properties.get("KmsKeyId")


def security_group(made: SecurityGroup, properties: Properties, account: str, region: str) -> None:
    """A template's rules for what goes out replace the one that every group is born with."""
    made.egress_rules.clear()
    for rule in properties["SecurityGroupEgress"]:
        ec2_backends[account][region].authorize_security_group_egress(
            made.id,
            rule["IpProtocol"],
            int(rule["FromPort"]),
            int(rule["ToPort"]),
            ip_ranges=[{"CidrIp": rule["CidrIp"]}],
        )


def state_machine(made: StateMachine, properties: Properties, _account: str, _region: str) -> None:
    made.definition = json.dumps(whole_numbers(properties["Definition"]))


def whole_numbers(value: Any) -> Any:
    """Parameters are text in moto's CloudFormation, also where a number is wanted."""
    if isinstance(value, dict):
        return {key: whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, str) and value.isdecimal() else value


ECS = botocore.session.get_session().get_service_model("ecs")


def shape_of(task: Any, action: str | None, kind: str) -> Any:
    name = task._get_boto_service_action(action).title().replace("_", "")
    return getattr(ECS.operation_model(name), kind)


def to_api(task: Any, parameters: Any, _service: str | None = None, action: str | None = None) -> None:
    """Step Functions has its own spelling of parameters, which moto forgets to undo."""
    task._to_boto_request(parameters, shape_of(task, action, "input_shape"))


def from_api(task: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None) -> None:
    task._from_boto_response(response, shape_of(task, service_action_name, "output_shape"))


def instead(model: type[CloudFormationModel], create: Create) -> None:
    """Lets `create` make what moto makes without half of its properties."""

    def from_template(
        cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> Any:
        return create(resource_name, cloudformation_json["Properties"], account_id, region_name)

    model.create_from_cloudformation_json = classmethod(from_template)  # type: ignore[assignment]


def completed(model: type[CloudFormationModel], complete: Callable[[Any, Properties, str, str], None]) -> None:
    """Lets `complete` add what moto leaves away."""
    make = model.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def create(name: str, properties: Properties, account: str, region: str) -> Any:
        made = make(model, name, {"Properties": properties}, account, region)
        complete(made, properties, account, region)
        return made

    instead(model, create)


def besides(kind: str, create: Create) -> None:
    """Lets `create` make what moto does not make at all. Nothing refers to these."""

    def make(name: str, properties: Properties, account: str, region: str) -> Any:
        create(name, properties, account, region)
        resource = model()
        resource.physical_resource_id = name
        return resource

    model = type(
        kind.replace(":", ""),
        (CloudFormationModel,),
        {
            "cloudformation_type": staticmethod(lambda: kind),
            "cloudformation_name_type": staticmethod(lambda: ""),
            "has_cfn_attr": classmethod(lambda cls, attribute: False),
            "is_created": lambda self: True,
        },
    )
    instead(model, make)
    kept.append(model)


# moto finds them among the subclasses, where one that nobody holds is gone.
kept: list[type] = []

if __name__ == "__main__":
    moto_server.mend()
    instead(TaskDefinition, task_definition)
    instead(Cluster, cluster)
    instead(Service, service)
    completed(FakeBucket, bucket)
    completed(Key, key)
    completed(LogGroup, log_group)
    completed(SecurityGroup, security_group)
    completed(StateMachine, state_machine)
    # A container of Fargate needs no limits of its own; here nothing runs that needs any.
    EC2ContainerServiceBackend._calculate_task_resource_requirements = lambda *_: {  # type: ignore[method-assign]
        "CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []
    }
    StateTaskServiceEcs._normalise_parameters = to_api
    StateTaskServiceEcs._normalise_response = from_api
    # moto takes a denial without TLS for a denial: it does not look at conditions.
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL  # type: ignore[method-assign]
    besides("AWS::S3::BucketPolicy", bucket_policy)
    besides("AWS::ApplicationAutoScaling::ScalableTarget", scalable_target)
    main()
