"""Checks the chart, the manifests made from it, and the compose file; see .ci/charts."""

import argparse
import copy
import pathlib
import re
import sys
import zipfile

import compose_spec
import helm_python
import jsonschema
import kubernetes_validate
import pydantic
import yaml
from cloudcoil.models.prometheus_operator import v1 as monitoring

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHART = ROOT / "packaging/helm/nimo-shake"
PLAIN = ROOT / "packaging/kubernetes"
# The oldest version that the chart allows, and newer ones.
VERSIONS = ["1.25", "1.30", "1.34", "1.37"]
HEADER = """\
# Made from packaging/helm/nimo-shake and packaging/kubernetes/values.yaml by `.ci/charts --write`.
# Replace what is in example.com, the token and the account.
"""

SECRETS = {"target.address": "mongodb://h:27017", "http.token": "t"}
EVERYTHING = {
    "image": {"repository": "r/nimo-shake", "tag": "1"},
    "imagePullSecrets": [{"name": "registry"}],
    "config": {"qps.full": 1000000, "price.stream_reads": 0.125, "sync_schema_only": True},
    "mapping": "version: 1\ntables:\n  a: {collection: b}\n",
    "existingSecret": "mine",
    "serviceAccount": {"create": False},
    "javaOptions": "-Xmx1g",
    "env": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
    "persistence": {"enabled": True, "storageClass": "fast"},
    "restartWhenUnhealthy": True,
    "podAnnotations": {"a": "b"},
    "podLabels": {"c": "d"},
    "nodeSelector": {"e": "f"},
    "tolerations": [{"key": "g", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
    "podDisruptionBudget": {"enabled": True},
    "networkPolicy": {"from": [{"namespaceSelector": {}}], "egress": [{"ports": [{"port": 443}]}]},
    "podMonitor": {"enabled": True, "labels": {"release": "p"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "p"}},
}
# Values, and a part of the message that refuses them.
REFUSED = [
    ({}, "set secrets with the keys target.address and http.token"),
    ({"secrets": {"target.address": "mongodb://h"}}, "set secrets with the keys"),
    ({"secrets": SECRETS, "config": {"http.token": "t"}}, "http.token"),
    ({"secrets": SECRETS, "config": {"sync_mode": "full"}}, "sync_mode"),
    ({"secrets": SECRETS | {"no.secret": "x"}}, "no.secret"),
    ({"secrets": SECRETS, "replicas": 2}, "replicas"),
    ({"secrets": SECRETS, "persistence": {"size": "much"}}, "size"),
]

problems = []


def check(holds, message):
    if not holds:
        problems.append(message)


def render(values):
    """All documents of the chart, in the order of their templates."""
    chart = helm_python.Chart.load(str(CHART))
    chart.validate_schema(values)
    files = chart.render(values, name="nimo-shake", namespace="default", is_install=True)
    check(any(name.endswith("NOTES.txt") for name in files), "there are no notes")
    texts = [files[name].strip() for name in sorted(files) if name.endswith(".yaml")]
    return [text.removeprefix("---").strip() for text in texts if text]


def validate(document, where):
    """Against the schema of Kubernetes, or of the Prometheus operator."""
    kind = document["kind"]
    if document["apiVersion"].startswith("monitoring.coreos.com/"):
        try:
            model = getattr(monitoring, kind).model_validate(document)
        except pydantic.ValidationError as e:
            problems.append(f"{where} {kind}: {e}")
            return
        kept = yaml.safe_load(model.model_dump_json(by_alias=True, exclude_unset=True))
        check(kept == document, f"{where} {kind}: the operator knows only {kept}")
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except Exception as e:  # Every kind of error is a problem to report.
            problems.append(f"{where} {kind}, Kubernetes {version}: {getattr(e, 'message', e)}")


def strictly(schema):
    """The schema, so that it refuses fields it does not have."""
    if isinstance(schema, list):
        return [strictly(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: strictly(part) for name, part in schema.items()}
    # Where a field is called "type", its value is a schema and no text.
    if schema.get("type") == "object" and "properties" in schema:
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    return strict


def flink_schema(jar):
    """Of a FlinkDeployment, as the API of the operator holds it."""
    with zipfile.ZipFile(jar) as files:
        text = files.read("META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")
    (version,) = yaml.load(text, yaml.CSafeLoader)["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    # The newest operators know newer versions of Flink than this one does.
    known = schema["properties"]["flinkVersion"].pop("enum")
    check("v1_20" in known, f"the operator knows the versions {known}")
    return strictly(schema)


def check_flink(document, jar):
    spec = document["spec"]
    check(re.fullmatch(r"v\d+_\d+", spec["flinkVersion"]), f"flinkVersion {spec['flinkVersion']}")
    for part in ["jobManager", "taskManager"]:
        template = spec[part].get("podTemplate", {"spec": {"containers": []}})
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}} | template
        validate(pod, f"flink {part}")
    if jar:
        schema = jsonschema.Draft202012Validator(flink_schema(jar))
        for error in schema.iter_errors(spec):
            problems.append(f"FlinkDeployment {error.json_path}: {error.message}")


def by_kind(texts):
    return {document["kind"]: document for document in map(yaml.safe_load, texts)}


def check_chart():
    for severity in helm_python.lint(str(CHART), {"secrets": SECRETS}, strict=True)["messages"]:
        check(severity["severity"] < 2, f"lint: {severity}")
    for name, values in {"smallest": {"secrets": SECRETS}, "everything": EVERYTHING}.items():
        for document in map(yaml.safe_load, render(values)):
            validate(document, name)
    small = by_kind(render({"secrets": SECRETS}))
    kinds = {"ConfigMap", "NetworkPolicy", "Secret", "Service", "ServiceAccount", "StatefulSet"}
    check(set(small) == kinds, f"by default there are {sorted(small)}")
    check(
        small["Secret"]["stringData"]["NIMO_SHAKE_TARGET_ADDRESS"] == SECRETS["target.address"],
        "the secret is not an environment variable",
    )
    every = by_kind(render(EVERYTHING))
    more = {"PodDisruptionBudget", "PodMonitor", "PrometheusRule"}
    check(set(every) == kinds - {"Secret", "ServiceAccount"} | more, f"all: {sorted(every)}")
    lines = every["ConfigMap"]["data"]["nimo-shake.conf"].splitlines()
    for line in ["qps.full = 1000000", "price.stream_reads = 0.125", "sync_schema_only = true"]:
        check(line in lines, f"nimo-shake.conf has no line {line}: {lines}")
    alerts = yaml.safe_load((ROOT / "docs/grafana/alerts.yml").read_text())
    check(every["PrometheusRule"]["spec"] == alerts, "the rules are not docs/grafana/alerts.yml")
    changed = copy.deepcopy(EVERYTHING)
    changed["config"]["qps.full"] = 5
    check(
        by_kind(render(changed))["StatefulSet"] != every["StatefulSet"],
        "a change of the configuration does not replace the pod",
    )


def check_refusals():
    for values, expected in REFUSED:
        try:
            render(values)
        except helm_python.HelmError as e:
            check(expected in str(e), f"{values} is refused with: {e}")
        else:
            problems.append(f"{values} is not refused")


def check_plain(write, jar):
    values = yaml.safe_load((PLAIN / "values.yaml").read_text())
    text = HEADER + "".join(f"---\n{document}\n" for document in render(values))
    # No tool of the chart will change or delete what is made from the text.
    text = "".join(
        line for line in text.splitlines(keepends=True) if "managed-by: " not in line
        and "helm.sh/chart: " not in line
    )
    file = PLAIN / "nimo-shake.yaml"
    if write:
        file.write_text(text)
    check(file.exists() and file.read_text() == text, f"{file} is stale: run .ci/charts --write")
    for document in yaml.safe_load_all(file.read_text()):
        validate(document, "plain")
    for document in yaml.safe_load_all((PLAIN / "flink.yaml").read_text()):
        if document["kind"] == "FlinkDeployment":
            check_flink(document, jar)
        else:
            validate(document, "flink")


def check_compose():
    """Against the Compose specification, and that what it names is there."""
    file = ROOT / "packaging/compose/compose.yaml"
    try:
        compose_spec.PyCompose.from_yaml(file.read_text()).validate()
    except ValueError as e:
        problems.append(f"{file}: {e}")
        return
    compose = yaml.safe_load(file.read_text())
    for name, service in compose["services"].items():
        for other in service.get("depends_on", []):
            check(other in compose["services"], f"compose: {name} depends on {other}")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            exists = (file.parent / source).exists() if "/" in source else source in compose["volumes"]
            check(exists, f"compose: {name} has the volume {source}, which does not exist")
        build = service.get("build")
        if build:
            context = file.parent / build["context"]
            check((context / build["dockerfile"]).exists(), f"compose: {name} has no Dockerfile")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="write the plain manifests anew")
    parser.add_argument("--flink-operator", help="the jar of the API of Flink's operator")
    arguments = parser.parse_args()
    check_chart()
    check_refusals()
    check_plain(arguments.write, arguments.flink_operator)
    check_compose()
    for problem in problems:
        print(f"charts: FAILED: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"charts: passed, for Kubernetes {', '.join(VERSIONS)}", file=sys.stderr)


main()
