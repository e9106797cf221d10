"""Records which AWS operations are called, for the permissions in state/permissions.

GET /recorded-calls returns the calls since the last such request, one per line with
tab-separated fields: service:Operation, the region, the ARN of the resource that the
request names or *, and "tagged" if the request sets tags. The service is the prefix of its
IAM actions. Calls of the tests themselves, which use the access key "suite", are not
recorded.
"""
import functools
import io
import json
import re
import threading
import urllib.parse

from botocore.loaders import Loader

ACCOUNT = "123456789012"
# The services whose requests do not name the operation. It is found with botocore's model.
REST = ("cloudfront", "route53", "s3")
PREFIXES = {"monitoring": "cloudwatch"}  # by the service name in a request's signature
GLOBAL = ("cloudfront", "iam", "route53")  # services that AWS runs in us-east-1 for all regions
TYPES = {"acl": "network-acl", "sg": "security-group"}  # EC2's resource types, by the prefix of an ID
TAGGED = re.compile(rb'(Key"\s*:\s*"|Key>|"|Key=|TagKeys\.member\.\d+=)Project\b')

# For each service, the fields of requests that name a resource, and the resource's ARN
# without arn:aws:. The first field that a request has is used. A value that is already an
# ARN is used unchanged.
NAMES = {
    "acm": [("CertificateArn", "{}")],
    "cloudwatch": [("AlarmName", "cloudwatch:{region}:{account}:alarm:{}"), ("AlarmNames.member.1", "cloudwatch:{region}:{account}:alarm:{}"),
                   ("ResourceARN", "{}")],
    "elasticloadbalancing": [("LoadBalancerArn", "{}"), ("ListenerArn", "{}"), ("RuleArn", "{}"), ("TargetGroupArn", "{}"),
                             ("ResourceArns.member.1", "{}"), ("Name", "elasticloadbalancing:{region}:{account}:{kind}/{}/x")],
    "events": [("Rule", "events:{region}:{account}:rule/{}"), ("Name", "events:{region}:{account}:rule/{}"), ("ResourceARN", "{}")],
    "iam": [("RoleName", "iam::{account}:role/{}"), ("PolicyArn", "{}")],
    "kms": [("AliasName", "kms:{region}:{account}:{}"), ("KeyId", "kms:{region}:{account}:key/{}")],
    "logs": [("logGroupName", "logs:{region}:{account}:log-group:{}"), ("logGroupNamePrefix", "logs:{region}:{account}:log-group:{}"),
             ("id", "logs:{region}:{account}:delivery:{}"), ("deliverySourceName", "logs:{region}:{account}:delivery-source:{}"),
             ("name", "logs:{region}:{account}:delivery-{kind}:{}"), ("resourceArn", "{}")],
    "rds": [("DBInstanceIdentifier", "rds:{region}:{account}:db:{}"), ("DBSubnetGroupName", "rds:{region}:{account}:subgrp:{}"),
            ("DBParameterGroupName", "rds:{region}:{account}:pg:{}"), ("SubscriptionName", "rds:{region}:{account}:es:{}"),
            ("ResourceName", "{}"), ("DBSnapshotIdentifier", "rds:{region}:{account}:snapshot:{}")],
    "secretsmanager": [("SecretId", "secretsmanager:{region}:{account}:secret:{}"), ("Name", "secretsmanager:{region}:{account}:secret:{}-x")],
    "sns": [("TopicArn", "{}"), ("ResourceArn", "{}"), ("Name", "sns:{region}:{account}:{}"), ("SubscriptionArn", "{}")],
    "ssm": [("Name", "ssm:{region}:{account}:parameter{}"), ("Names", "ssm:{region}:{account}:parameter{}"),
            ("ResourceId", "ssm:{region}:{account}:parameter{}"), ("Path", "ssm:{region}:{account}:parameter{}")],
    "wafv2": [("ResourceArn", "{}"), ("ResourceARN", "{}"), ("Name", "wafv2:{region}:{account}:{kind}/webacl/{}/x")],
}

calls = set()
lock = threading.Lock()


@functools.cache
def routes(service):
    """Lists a REST service's operations: method, path, query, headers, name."""
    found = []
    model = Loader().load_service_model(service, "service-2")
    for name, operation in model["operations"].items():
        if operation.get("deprecated"):
            continue
        path, _, query = operation["http"]["requestUri"].partition("?")
        pattern = re.sub(r"\\{\w+\\\+\\}", ".+", re.escape(path.rstrip("/") or "/"))
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", pattern) + "/?$")
        shape = model["shapes"].get(operation.get("input", {}).get("shape"), {})
        required = [shape["members"][member] for member in shape.get("required", [])]
        fixed = {tuple((pair + "=").split("=")[:2]) for pair in query.split("&") if pair}
        fixed |= {(member["locationName"], "") for member in required if member.get("location") == "querystring"}
        headers = [member["locationName"] for member in required if member.get("location") == "header"]
        found.append((operation["http"]["method"], pattern, fixed, headers, name))
    return found


def rest(service, environ, query):
    """Returns the operation whose path, query and required headers match a request best."""
    names = query.get("x-id")
    best = None
    for method, pattern, fixed, headers, name in routes(service):
        if method != environ["REQUEST_METHOD"] or not pattern.match(environ["PATH_INFO"]):
            continue
        if not all(key in query and (not value or value in query[key]) for key, value in fixed):
            continue
        if not all("HTTP_" + header.upper().replace("-", "_") in environ for header in headers):
            continue
        score = (names == [name], len(fixed), len(headers), "+" not in pattern.pattern)
        if best is None or score > best[0]:
            best = (score, name)
    return best and best[1]


def kind(service, operation, fields):
    """Returns the part of an ARN for resources of several kinds that requests name in one field."""
    if service == "elasticloadbalancing":
        return "targetgroup" if operation == "CreateTargetGroup" else "loadbalancer/app"
    if service == "wafv2":
        return {"REGIONAL": "regional"}.get(fields.get("Scope"), "global")
    return "source" if operation.endswith("Source") else "destination"


def resource(service, operation, region, path, fields):
    """Returns the ARN of the resource that a request names, or *."""
    first, id, last = (path.strip("/").split("/") + ["", "", ""])[1:4]
    if service == "s3":
        return "arn:aws:s3:::" + path.strip("/") if path.strip("/") else "*"
    if service == "route53":
        if first == "tags":
            first, id = id, last
        return f"arn:aws:route53:::{first}/{id}" if id and first in ("hostedzone", "healthcheck", "change") else "*"
    if service == "cloudfront":
        return fields.get("Resource") or (f"arn:aws:cloudfront::{ACCOUNT}:{first}/{id}" if id else "*")
    if service == "ec2":
        id = fields.get("ResourceId.1", "") if operation in ("CreateTags", "DeleteTags") else ""
        return f"arn:aws:ec2:{region}:{ACCOUNT}:{TYPES.get(id.split('-')[0], 'any')}/{id}" if id else "*"
    for field, form in NAMES.get(service, []):
        value = fields.get(field)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str):
            if value.startswith("arn:"):
                return value
            if service == "kms" and value.startswith("alias/"):
                form = "kms:{region}:{account}:{}"
            return "arn:aws:" + form.format(value, region=region, account=ACCOUNT, kind=kind(service, operation, fields))
    return "*"


def describe(environ, body):
    scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    if not scope or scope[1] == "suite":
        return None
    _, region, service = scope.groups()
    service = PREFIXES.get(service, service)
    region = "us-east-1" if service in GLOBAL else region
    query = urllib.parse.parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    fields, target = {}, environ.get("HTTP_X_AMZ_TARGET")
    if service in REST:
        operation, fields = rest(service, environ, query), {key: values[0] for key, values in query.items()}
    elif target:
        operation, fields = target.split(".")[-1], json.loads(body or b"{}")
        fields.update(fields.get("LoggingConfiguration", {}))
    elif "/operation/" in environ["PATH_INFO"]:
        operation = environ["PATH_INFO"].split("/operation/")[1]
    else:
        fields = {key: values[0] for key, values in urllib.parse.parse_qs(body.decode()).items()}
        operation = fields.get("Action")
    tagged = "tagged" if TAGGED.search(body) and operation != "PutObject" else ""
    return f"{service}:{operation}", region, resource(service, operation, region, environ["PATH_INFO"], fields), tagged


def recorded(dispatch):
    """Wraps a WSGI application's __call__ to record requests and to serve /recorded-calls."""

    def call(self, environ, start_response):
        if environ["PATH_INFO"] == "/recorded-calls":
            with lock:
                lines = sorted("\t".join(call) for call in calls)
                calls.clear()
            start_response("200 OK", [("Content-Type", "text/plain")])
            return ["\n".join(lines).encode()]
        body = b""
        if environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
        found = describe(environ, body)
        if found:
            with lock:
                calls.add(found)
        return dispatch(self, environ, start_response)

    return call
