import HubEngine
import JSONScan

/// What the demo applies: the same objects as `deploy/hub/crd.yaml` and `deploy/foo`, with an idle window that does not
/// try the audience's patience. A test compares them; that is why they are no part of the executable, which tests cannot import.
package enum DemoManifests {
  package static let namespace = "default"
  package static let service = "foo-reconciler"
  package static let idleWindow = "2s"

  /// Each with the collection it is created in, in order.
  package static func all() throws -> [(path: String, object: JSONValue)] {
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    return [
      (definitions, try JSONValue(parsing: SubscriptionCRD.json)),
      (definitions, fooDefinition),
      (accountsPath, account),
      (rolesPath + "/roles", role),
      (rolesPath + "/rolebindings", roleBinding),
      (servicesPath, reconciler),
      (subscriptionsPath, subscription),
    ]
  }

  package static let subscriptionsPath =
    "/apis/frugalhub.dev/v1alpha1/namespaces/\(namespace)/operatorsubscriptions"
  private static let accountsPath = "/api/v1/namespaces/\(namespace)/serviceaccounts"
  private static let rolesPath = "/apis/rbac.authorization.k8s.io/v1/namespaces/\(namespace)"
  package static let servicesPath = "/apis/serving.knative.dev/v1/namespaces/\(namespace)/services"
  package static let foosPath = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/\(namespace)/foos"
  package static let deploymentsPath = "/apis/apps/v1/namespaces/\(namespace)/deployments"
  package static let podsPath = "/api/v1/namespaces/\(namespace)/pods"

  package static func foo(_ name: String, replicas: Int) -> JSONValue {
    [
      "apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": ["deploymentName": .string(name), "replicas": JSONValue(integerLiteral: replicas)],
    ]
  }

  /// `deploy/foo/crd.yaml`.
  package static let fooDefinition: JSONValue = [
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": [
      "name": "foos.samplecontroller.k8s.io",
      "annotations": ["api-approved.kubernetes.io": "unapproved, experimental-only"],
    ],
    "spec": [
      "group": "samplecontroller.k8s.io", "scope": "Namespaced",
      "names": ["kind": "Foo", "listKind": "FooList", "plural": "foos", "singular": "foo"],
      "versions": [
        [
          "name": "v1alpha1", "served": true, "storage": true,
          "schema": ["openAPIV3Schema": fooSchema], "subresources": ["status": [:]],
        ]
      ],
    ],
  ]

  private static let fooSchema: JSONValue = [
    "type": "object",
    "properties": [
      "spec": [
        "type": "object",
        "properties": [
          "deploymentName": ["type": "string"],
          "replicas": ["type": "integer", "minimum": 1, "maximum": 10],
        ],
      ],
      "status": ["type": "object", "properties": ["availableReplicas": ["type": "integer"]]],
    ],
  ]

  private static let reader = "foo-subscription"

  /// From `deploy/foo/rbac.yaml`, as the next two: whose rights decide what the subscription is told of.
  package static let account: JSONValue = [
    "apiVersion": "v1", "kind": "ServiceAccount",
    "metadata": ["name": .string(reader), "namespace": .string(namespace)],
  ]

  package static let role: JSONValue = [
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
    "metadata": ["name": .string(reader), "namespace": .string(namespace)],
    "rules": [
      ["apiGroups": ["samplecontroller.k8s.io"], "resources": ["foos"], "verbs": ["get", "list", "watch"]],
      ["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch"]],
    ],
  ]

  package static let roleBinding: JSONValue = [
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
    "metadata": ["name": .string(reader), "namespace": .string(namespace)],
    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": .string(reader)],
    "subjects": [["kind": "ServiceAccount", "name": .string(reader), "namespace": .string(namespace)]],
  ]

  /// `deploy/foo/reconciler.yaml`.
  package static let reconciler: JSONValue = [
    "apiVersion": "serving.knative.dev/v1", "kind": "Service",
    "metadata": [
      "name": .string(service), "namespace": .string(namespace),
      "labels": ["networking.knative.dev/visibility": "cluster-local"],
    ],
    "spec": [
      "template": [
        "metadata": [
          "annotations": [
            "autoscaling.knative.dev/min-scale": "0", "autoscaling.knative.dev/max-scale": "1",
            "autoscaling.knative.dev/window": .string(idleWindow),
          ]
        ],
        "spec": [
          "serviceAccountName": "foo-reconciler", "timeoutSeconds": 300, "containers": [container],
        ],
      ]
    ],
  ]

  private static let container: JSONValue = [
    "name": "foo-reconciler", "image": "foo-reconciler", "command": ["foo-reconciler"],
    "readinessProbe": ["httpGet": ["path": "/readyz"]],
    "resources": ["requests": ["cpu": "10m", "memory": "16Mi"], "limits": ["memory": "64Mi"]],
    "securityContext": [
      "runAsNonRoot": true, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
      "capabilities": ["drop": ["ALL"]], "seccompProfile": ["type": "RuntimeDefault"],
    ],
  ]

  /// `deploy/foo/subscription.yaml`.
  package static let subscription: JSONValue = [
    "apiVersion": "frugalhub.dev/v1alpha1", "kind": "OperatorSubscription",
    "metadata": ["name": "foo", "namespace": .string(namespace)],
    "spec": [
      "serviceAccountName": "foo-subscription",
      "resources": [
        ["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"],
        [
          "apiVersion": "apps/v1", "kind": "Deployment", "controller": true,
          "owner": ["apiVersion": "samplecontroller.k8s.io/v1alpha1", "kind": "Foo"],
        ],
      ],
      "sink": [
        "ref": ["apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": .string(service)]
      ],
    ],
  ]
}
