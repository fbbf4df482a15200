"""A kopf operator: each Foo owns a Deployment with its replicas, and says in its status what it saw."""

import kopf
from kubernetes import client, config

GROUP, VERSION, PLURAL = "demo.example", "v1", "foos"

config.load_kube_config()


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.enabled = True
    settings.watching.server_timeout = 30


def deployment(name, namespace, replicas):
    labels = {"foo": name}
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": "nginx:1"}]},
            },
        },
    }


@kopf.on.create(GROUP, VERSION, PLURAL)
def created(spec, name, namespace, **_):
    child = deployment(name, namespace, spec["replicas"])
    kopf.adopt(child)
    client.AppsV1Api().create_namespaced_deployment(namespace, child)
    return {"seen": spec["replicas"]}


@kopf.on.update(GROUP, VERSION, PLURAL, field="spec.replicas")
def changed(new, name, namespace, **_):
    client.AppsV1Api().patch_namespaced_deployment(name, namespace, {"spec": {"replicas": new}})
    return {"seen": new}


@kopf.on.delete(GROUP, VERSION, PLURAL)
def deleted(name, namespace, **_):
    client.CoreV1Api().create_namespaced_config_map(namespace, {"metadata": {"name": "gone-" + name}})
