"""The public Python client against the development cluster: what scripts and small operators do.

Usage: python_client.py URL. Prints a line for each step that held, and raises at the first that did not.
"""

import sys
import threading
import uuid

from kubernetes import client, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ConflictError
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock

NAMESPACE = "python"


def api_client(url, token=None):
    configuration = client.Configuration()
    configuration.host = url
    if token:
        configuration.api_key = {"authorization": "Bearer " + token}
    return client.ApiClient(configuration)


def step(name):
    print("ok", name, flush=True)


def config_maps(core):
    """Create, list in pages, patch in three ways, replace with a conflict, delete."""
    for number in range(5):
        core.create_namespaced_config_map(
            NAMESPACE,
            client.V1ConfigMap(
                metadata=client.V1ObjectMeta(name=f"c{number}", labels={"app": "a"}), data={"k": str(number)}
            ),
        )
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map(NAMESPACE, limit=2, label_selector="app=a", _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == ["c0", "c1", "c2", "c3", "c4"], names
    merged = core.patch_namespaced_config_map("c0", NAMESPACE, {"data": {"k": "9", "l": "1"}})
    assert merged.data == {"k": "9", "l": "1"}, merged.data
    patched = core.patch_namespaced_config_map("c0", NAMESPACE, [{"op": "remove", "path": "/data/l"}])
    assert patched.data == {"k": "9"}, patched.data
    stale = core.read_namespaced_config_map("c0", NAMESPACE)
    core.patch_namespaced_config_map("c0", NAMESPACE, {"data": {"k": "10"}})
    try:
        core.replace_namespaced_config_map("c0", NAMESPACE, stale)
        raise AssertionError("a stale replace was taken")
    except ApiException as refusal:
        assert refusal.status == 409 and "the object has been modified" in refusal.body, refusal
    core.delete_namespaced_config_map("c4", NAMESPACE)
    try:
        core.read_namespaced_config_map("c4", NAMESPACE)
        raise AssertionError("a deleted object was read")
    except ApiException as refusal:
        assert refusal.status == 404, refusal


def watching(core):
    """A watch that begins at a list tells what happens after it."""
    version = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    seen = []

    def follow():
        stream = watch.Watch()
        for event in stream.stream(
            core.list_namespaced_config_map, NAMESPACE, resource_version=version, timeout_seconds=60
        ):
            seen.append((event["type"], event["object"].metadata.name))
            if len(seen) == 3:
                stream.stop()

    follower = threading.Thread(target=follow)
    follower.start()
    core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "w"}})
    core.patch_namespaced_config_map("w", NAMESPACE, {"metadata": {"labels": {"x": "y"}}})
    core.delete_namespaced_config_map("w", NAMESPACE)
    follower.join(60)
    assert seen == [("ADDED", "w"), ("MODIFIED", "w"), ("DELETED", "w")], seen


def workloads(apps):
    """A Deployment is created, patched by merge keys, scaled, and becomes available."""
    labels = {"app": "web"}
    apps.create_namespaced_deployment(
        NAMESPACE,
        client.V1Deployment(
            metadata=client.V1ObjectMeta(name="web"),
            spec=client.V1DeploymentSpec(
                replicas=1,
                selector=client.V1LabelSelector(match_labels=labels),
                template=client.V1PodTemplateSpec(
                    metadata=client.V1ObjectMeta(labels=labels),
                    spec=client.V1PodSpec(containers=[client.V1Container(name="web", image="nginx:1")]),
                ),
            ),
        ),
    )
    body = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s:1"}]}}}}
    patched = apps.patch_namespaced_deployment("web", NAMESPACE, body)
    assert sorted(c.name for c in patched.spec.template.spec.containers) == ["side", "web"]
    apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 3}})
    assert apps.read_namespaced_deployment_scale("web", NAMESPACE).spec.replicas == 3
    for event in watch.Watch().stream(apps.list_namespaced_deployment, NAMESPACE, timeout_seconds=60):
        if event["object"].status.available_replicas == 3:
            return
    raise AssertionError("the Deployment did not become available")


def dynamic_client(api):
    """Discovery, a custom kind, server-side apply with a conflict and with force."""
    dynamic_api = dynamic.DynamicClient(api)
    crds = dynamic_api.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"replicas": {"type": "integer", "default": 1}}}},
    }
    crds.create(
        body={
            "metadata": {"name": "bars.python.example"},
            "spec": {
                "group": "python.example",
                "scope": "Namespaced",
                "names": {"plural": "bars", "kind": "Bar"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
                ],
            },
        }
    )
    dynamic_api.resources.invalidate_cache()
    bars = dynamic_api.resources.get(api_version="python.example/v1", kind="Bar")
    bar = {"apiVersion": "python.example/v1", "kind": "Bar", "metadata": {"name": "b"}, "spec": {"replicas": 2}}
    applied = bars.server_side_apply(body=bar, namespace=NAMESPACE, field_manager="one")
    assert applied.spec.replicas == 2 and applied.metadata.managedFields[0].operation == "Apply"
    bar["spec"]["replicas"] = 3
    try:
        bars.server_side_apply(body=bar, namespace=NAMESPACE, field_manager="two")
        raise AssertionError("a conflict was not told")
    except ConflictError as refusal:
        assert "Apply failed with 1 conflict" in str(refusal.body), refusal.body
    forced = bars.server_side_apply(
        body=bar, namespace=NAMESPACE, field_manager="two", force_conflicts=True
    )
    assert forced.spec.replicas == 3
    default = {**bar, "metadata": {"name": "d"}, "spec": {}}
    assert bars.create(body=default, namespace=NAMESPACE).spec.replicas == 1
    assert [item.metadata.name for item in bars.get(namespace=NAMESPACE).items] == ["b", "d"]


def leases(coordination):
    """A Lease changes hands as controllers do it: with the version as a precondition."""
    lease = coordination.create_namespaced_lease(
        NAMESPACE,
        {"metadata": {"name": "l"}, "spec": {"holderIdentity": "one", "leaseDurationSeconds": 15}},
    )
    lease.spec.holder_identity = "two"
    taken = coordination.replace_namespaced_lease("l", NAMESPACE, lease)
    assert taken.spec.holder_identity == "two"
    try:
        coordination.replace_namespaced_lease("l", NAMESPACE, lease)
        raise AssertionError("a stale lease was taken")
    except ApiException as refusal:
        assert refusal.status == 409


def leader_election():
    """The client's own leader election elects its one candidate."""
    elected = threading.Event()
    configuration = electionconfig.Config(
        ConfigMapLock("leader", NAMESPACE, uuid.uuid4().hex),
        lease_duration=17,
        renew_deadline=15,
        retry_period=1,
        onstarted_leading=elected.set,
        onstopped_leading=None,
    )
    # It runs for as long as its process.
    threading.Thread(target=leaderelection.LeaderElection(configuration).run, daemon=True).start()
    assert elected.wait(60), "nobody was elected"


def tokens(url, core, rbac):
    """A service account's token may do what its role allows."""
    core.create_namespaced_service_account(NAMESPACE, {"metadata": {"name": "robot"}})
    rbac.create_namespaced_role(
        NAMESPACE,
        {
            "metadata": {"name": "reader"},
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}],
        },
    )
    rbac.create_namespaced_role_binding(
        NAMESPACE,
        {
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": NAMESPACE}],
        },
    )
    request = core.create_namespaced_service_account_token(
        "robot", NAMESPACE, client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))
    )
    robot = client.CoreV1Api(api_client(url, request.status.token))
    assert robot.list_namespaced_config_map(NAMESPACE).items
    try:
        robot.list_namespaced_secret(NAMESPACE)
        raise AssertionError("secrets were listed")
    except ApiException as refusal:
        assert refusal.status == 403 and "cannot list resource" in refusal.body, refusal
    try:
        client.CoreV1Api(api_client(url, "rubbish")).list_namespace()
        raise AssertionError("a token of nobody was taken")
    except ApiException as refusal:
        assert refusal.status == 401, refusal


def main(url):
    api = api_client(url)
    client.Configuration.set_default(api.configuration)
    core = client.CoreV1Api(api)
    core.create_namespace({"metadata": {"name": NAMESPACE}})
    config_maps(core)
    step("config maps")
    watching(core)
    step("watch")
    workloads(client.AppsV1Api(api))
    step("workloads")
    dynamic_client(api)
    step("dynamic client")
    leases(client.CoordinationV1Api(api))
    step("leases")
    leader_election()
    step("leader election")
    tokens(url, core, client.RbacAuthorizationV1Api(api))
    step("tokens")


main(sys.argv[1])
