import JSONScan

/// The resources that are served from the start.
enum BuiltInResources {
  static let namespaces = core(
    "namespaces", "namespace", "Namespace", short: ["ns"], rule: .label, status: ["phase": "Active"],
    zero: ["spec": [:], "status": [:]], namespaced: false)
  static let configMaps = core("configmaps", "configmap", "ConfigMap", short: ["cm"])
  static let secrets = core("secrets", "secret", "Secret")
  static let serviceAccounts = core("serviceaccounts", "serviceaccount", "ServiceAccount", short: ["sa"])
  static let services = core(
    "services", "service", "Service", short: ["svc"], categories: ["all"], rule: .dns1035Label,
    status: ["loadBalancer": [:]], zero: ["spec": [:], "status": ["loadBalancer": [:]]])
  static let pods: ResourceDefinition = {
    var pods = core(
      "pods", "pod", "Pod", short: ["po"], categories: ["all"],
      status: ["phase": "Pending", "qosClass": "BestEffort"],
      zero: ["spec": ["containers": nil], "status": [:]])
    pods.selectableFields = ["spec.nodeName", "spec.serviceAccountName", "status.phase", "status.podIP"]
    pods.countsGenerations = true
    return pods
  }()
  static let events: ResourceDefinition = {
    var events = core("events", "event", "Event", short: ["ev"])
    events.zeroMembers = [
      "involvedObject": [:], "source": [:], "firstTimestamp": nil, "lastTimestamp": nil, "eventTime": nil,
      "reportingComponent": "", "reportingInstance": "",
    ]
    events.selectableFields = [
      "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
      "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
      "reportingComponent", "source", "type",
    ]
    return events
  }()
  static let deployments = apps(
    "deployments", "deployment", "Deployment", short: ["deploy"], status: [:],
    zeroSpec: [
      "replicas": 0, "selector": nil, "template": ["metadata": [:], "spec": ["containers": nil]],
      "strategy": [:],
    ])
  static let statefulSets = apps(
    "statefulsets", "statefulset", "StatefulSet", short: ["sts"],
    status: ["replicas": 0, "availableReplicas": 0],
    zeroSpec: [
      "replicas": 0, "selector": nil, "template": ["metadata": [:], "spec": ["containers": nil]],
      "serviceName": "", "updateStrategy": [:],
    ])
  static let replicaSets = apps(
    "replicasets", "replicaset", "ReplicaSet", short: ["rs"], status: ["replicas": 0],
    zeroSpec: [
      "replicas": 0, "selector": nil, "template": ["metadata": [:], "spec": ["containers": nil]],
    ])
  static let leases: ResourceDefinition = {
    var leases = core("leases", "lease", "Lease")
    leases.group = "coordination.k8s.io"
    leases.zeroMembers = ["spec": [:]]
    return leases
  }()
  static let networkPolicies = ResourceDefinition(
    group: "networking.k8s.io", version: "v1", plural: "networkpolicies", singular: "networkpolicy",
    kind: "NetworkPolicy", listKind: "NetworkPolicyList", shortNames: ["netpol"],
    zeroMembers: ["spec": ["podSelector": [:]]])
  static let podDisruptionBudgets = ResourceDefinition(
    group: "policy", version: "v1", plural: "poddisruptionbudgets", singular: "poddisruptionbudget",
    kind: "PodDisruptionBudget", listKind: "PodDisruptionBudgetList", shortNames: ["pdb"], hasStatus: true,
    initialStatus: noDisruption, zeroMembers: ["spec": [:], "status": noDisruption])
  private static let noDisruption: JSONValue = [
    "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
  ]
  static let customResourceDefinitions = ResourceDefinition(
    group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
    singular: "customresourcedefinition", kind: "CustomResourceDefinition",
    listKind: "CustomResourceDefinitionList", namespaced: false, shortNames: ["crd", "crds"],
    categories: ["api-extensions"], hasStatus: true,
    initialStatus: [
      "conditions": nil, "acceptedNames": ["plural": "", "kind": ""], "storedVersions": [],
    ],
    zeroMembers: [
      "spec": ["group": "", "names": ["plural": "", "kind": ""], "scope": "", "versions": nil],
      "status": ["conditions": nil, "acceptedNames": ["plural": "", "kind": ""], "storedVersions": nil],
    ])
  /// Custom resources on a real cluster, where Knative Serving's CRD defines them; built in here.
  static let knativeServices = ResourceDefinition(
    group: "serving.knative.dev", version: "v1", plural: "services", singular: "service", kind: "Service",
    listKind: "ServiceList", shortNames: ["kservice", "ksvc"], categories: ["all", "knative", "serving"],
    hasStatus: true, isCustom: true)

  static let all =
    [
      configMaps, events, namespaces, pods, secrets, serviceAccounts, services, deployments, replicaSets,
      statefulSets, customResourceDefinitions, leases, networkPolicies, podDisruptionBudgets,
    ] + AccessResources.all + [knativeServices]

  private static func core(
    _ plural: String, _ singular: String, _ kind: String, short: [String] = [], categories: [String] = [],
    rule: ResourceDefinition.NameRule = .subdomain, status: JSONValue? = nil, zero: [String: JSONValue] = [:],
    namespaced: Bool = true
  ) -> ResourceDefinition {
    ResourceDefinition(
      group: "", version: "v1", plural: plural, singular: singular, kind: kind, listKind: kind + "List",
      namespaced: namespaced, shortNames: short, categories: categories, nameRule: rule,
      hasStatus: status != nil, countsGenerations: false, initialStatus: status, zeroMembers: zero)
  }

  private static func apps(
    _ plural: String, _ singular: String, _ kind: String, short: [String], status: JSONValue,
    zeroSpec: JSONValue
  ) -> ResourceDefinition {
    ResourceDefinition(
      group: "apps", version: "v1", plural: plural, singular: singular, kind: kind, listKind: kind + "List",
      shortNames: short, categories: ["all"], hasStatus: true,
      scale: .init(specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"]),
      initialStatus: status, zeroMembers: ["spec": zeroSpec, "status": status])
  }
}
