import JSONScan

/// What `kubectl get` shows of the built-in kinds.
enum BuiltInColumns {
  private static let core: [String: [TableColumn]] = [
    "configmaps": [.name, count("Data", ["data"], ["binaryData"]), .age],
    "secrets": [.name, .text("Type", ["type"]), count("Data", ["data"]), .age],
    "serviceaccounts": [.name, count("Secrets", ["secrets"]), .age],
    "namespaces": [.name, .text("Status", ["status", "phase"]), .age],
    "pods": PodColumns.columns, "services": services, "events": EventColumns.columns,
    "endpoints": [.name, .make("Endpoints", endpoints), .age],
    "persistentvolumeclaims": [
      .name, .text("Status", ["status", "phase"]), .text("Volume", ["spec", "volumeName"]),
      .text("Capacity", ["status", "capacity", "storage"]),
      .make("Access Modes") { list($0.value(at: ["status", "accessModes"])) },
      .text("StorageClass", ["spec", "storageClassName"]), .age,
    ],
    "nodes": [
      .name, .make("Status", nodeStatus), .age, .text("Version", ["status", "nodeInfo", "kubeletVersion"]),
    ],
  ]

  private static let others: [String: [TableColumn]] = [
    "deployments.apps": [
      .name, .make("Ready") { ready($0, of: $0.value(at: ["spec", "replicas"])) },
      .number("Up-to-date", ["status", "updatedReplicas"]),
      .number("Available", ["status", "availableReplicas"]), .age,
    ] + template,
    "replicasets.apps": [
      .name, .number("Desired", ["spec", "replicas"]), .number("Current", ["status", "replicas"]),
      .number("Ready", ["status", "readyReplicas"]), .age,
    ] + template,
    "statefulsets.apps": [
      .name, .make("Ready") { ready($0, of: $0.value(at: ["spec", "replicas"])) }, .age,
    ] + template.dropLast(),
    "daemonsets.apps": [
      .name, .number("Desired", ["status", "desiredNumberScheduled"]),
      .number("Current", ["status", "currentNumberScheduled"]), .number("Ready", ["status", "numberReady"]),
      .number("Up-to-date", ["status", "updatedNumberScheduled"]),
      .number("Available", ["status", "numberAvailable"]),
      .make("Node Selector") { CellText.labels($0.value(at: ["spec", "template", "spec", "nodeSelector"])) },
      .age,
    ] + template,
    "controllerrevisions.apps": [
      .name,
      .make("Controller") { object in
        let owner = object.ownerReferences.first { $0["controller"]?.bool == true }
        return owner.map { "\($0["kind"]?.string?.lowercased() ?? "")/\($0["name"]?.string ?? "")" }
          ?? "<none>"
      }, .number("Revision", ["revision"]), .age,
    ],
    "jobs.batch": [
      .name,
      .make("Completions") {
        "\($0.value(at: ["status", "succeeded"])?.int ?? 0)/\($0.value(at: ["spec", "completions"])?.int ?? 1)"
      }, .age,
    ] + template,
    "cronjobs.batch": [
      .name, .text("Schedule", ["spec", "schedule"]), .text("Suspend", ["spec", "suspend"], none: "False"),
      count("Active", ["status", "active"]), .age,
    ],
    "leases.coordination.k8s.io": [.name, .text("Holder", ["spec", "holderIdentity"]), .age],
    "customresourcedefinitions.apiextensions.k8s.io": [.name, .createdAt],
    "roles.rbac.authorization.k8s.io": [.name, .createdAt],
    "clusterroles.rbac.authorization.k8s.io": [.name, .createdAt],
    "rolebindings.rbac.authorization.k8s.io": bindings,
    "clusterrolebindings.rbac.authorization.k8s.io": bindings,
    "networkpolicies.networking.k8s.io": [
      .name, .make("Pod-Selector") { CellText.selector($0.value(at: ["spec", "podSelector"])) }, .age,
    ],
    "ingresses.networking.k8s.io": [
      .name, .text("Class", ["spec", "ingressClassName"], none: "<none>"),
      .make("Hosts") { object in
        let hosts = (object.value(at: ["spec", "rules"])?.array ?? []).compactMap { $0["host"]?.string }
        return hosts.isEmpty ? "*" : hosts.joined(separator: ",")
      }, .make("Address") { _ in "" },
      .make("Ports") { $0.value(at: ["spec", "tls"]) == nil ? "80" : "80, 443" }, .age,
    ],
    "poddisruptionbudgets.policy": [
      .name, .text("Min Available", ["spec", "minAvailable"], none: "N/A"),
      .text("Max Unavailable", ["spec", "maxUnavailable"], none: "N/A"),
      .number("Allowed Disruptions", ["status", "disruptionsAllowed"]), .age,
    ],
    "endpointslices.discovery.k8s.io": [
      .name, .text("AddressType", ["addressType"]),
      .make("Ports") { object in
        let ports = (object["ports"]?.array ?? []).compactMap { $0["port"]?.int }.map { String($0) }
        return ports.isEmpty ? "<unset>" : ports.joined(separator: ",")
      },
      .make("Endpoints") { object in
        let all = (object["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }
        return all.isEmpty ? "<unset>" : all.compactMap(\.string).joined(separator: ",")
      }, .age,
    ],
    // As the columns of Knative's CRD.
    "services.serving.knative.dev": [
      .name, .text("URL", ["status", "url"]),
      .text("LatestCreated", ["status", "latestCreatedRevisionName"]),
      .text("LatestReady", ["status", "latestReadyRevisionName"]),
      .make("Ready") { condition($0, "Ready", "status") },
      .make("Reason") { condition($0, "Ready", "reason") },
    ],
  ]

  /// The columns of a built-in resource.
  static func columns(of id: ResourceID) -> [TableColumn]? {
    id.group.isEmpty ? core[id.plural] : others[id.description]
  }

  // MARK: Groups of columns

  private static let template: [TableColumn] = [
    .make("Containers", wide: true) { CellText.containers($0, "name") },
    .make("Images", wide: true) { CellText.containers($0, "image") },
    .make("Selector", wide: true) { CellText.selector($0.value(at: ["spec", "selector"])) },
  ]

  private static let services: [TableColumn] = [
    .name, .text("Type", ["spec", "type"]), .text("Cluster-IP", ["spec", "clusterIP"], none: "<none>"),
    .make("External-IP") { object in
      switch object.value(at: ["spec", "type"]) {
      case "ExternalName"?: object.value(at: ["spec", "externalName"])?.string ?? ""
      case "LoadBalancer"?: "<pending>"
      default: "<none>"
      }
    },
    .make("Port(s)") { object in
      let ports = (object.value(at: ["spec", "ports"])?.array ?? []).map { port in
        let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
        return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
      }
      return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
    }, .age, .make("Selector", wide: true) { CellText.labels($0.value(at: ["spec", "selector"])) },
  ]

  private static let bindings: [TableColumn] = [
    .name,
    .make("Role") { object in
      "\(object.value(at: ["roleRef", "kind"])?.string ?? "")/\(object.value(at: ["roleRef", "name"])?.string ?? "")"
    }, .age, .make("Users", wide: true) { subjects($0, "User") },
    .make("Groups", wide: true) { subjects($0, "Group") },
    .make("ServiceAccounts", wide: true) { subjects($0, "ServiceAccount") },
  ]

  // MARK: Cells

  private static func count(_ name: String, _ paths: [String]...) -> TableColumn {
    TableColumn(name: name, type: name == "Secrets" || name == "Data" ? "string" : "integer") { object, _ in
      .integer(
        paths.reduce(0) { sum, path in
          let value = object.value(at: path)
          return sum + (value?.object?.count ?? value?.array?.count ?? 0)
        })
    }
  }

  private static func ready(_ object: JSONValue, of desired: JSONValue?) -> String {
    "\(object.value(at: ["status", "readyReplicas"])?.int ?? 0)/\(desired?.int ?? 0)"
  }

  private static func list(_ value: JSONValue?) -> String {
    (value?.array ?? []).compactMap(\.string).joined(separator: ",")
  }

  private static func endpoints(_ object: JSONValue) -> String {
    let all = (object["subsets"]?.array ?? []).flatMap { subset -> [String] in
      let ports = (subset["ports"]?.array ?? []).compactMap { $0["port"]?.int }
      let addresses = (subset["addresses"]?.array ?? []).compactMap { $0["ip"]?.string }
      return addresses.flatMap { address in
        ports.isEmpty ? [address] : ports.map { "\(address):\($0)" }
      }
    }
    return all.isEmpty ? "<none>" : all.joined(separator: ",")
  }

  private static func nodeStatus(_ object: JSONValue) -> String {
    condition(object, "Ready", "status") == "True" ? "Ready" : "NotReady"
  }

  static func condition(_ object: JSONValue, _ type: String, _ member: String) -> String {
    let conditions = object.value(at: ["status", "conditions"])?.array ?? []
    return conditions.first { $0["type"] == .string(type) }?[member]?.string ?? ""
  }

  private static func subjects(_ object: JSONValue, _ kind: String) -> String {
    (object["subjects"]?.array ?? []).filter { $0["kind"] == .string(kind) }.map { subject in
      let name = subject["name"]?.string ?? ""
      return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
    }.joined(separator: ", ")
  }
}

/// Columns of pods.
enum PodColumns {
  static let columns: [TableColumn] = [
    .name,
    .make("Ready") { pod in
      let statuses = pod.value(at: ["status", "containerStatuses"])?.array ?? []
      let ready = statuses.filter { $0["ready"]?.bool == true }.count
      return "\(ready)/\(pod.value(at: ["spec", "containers"])?.array?.count ?? 0)"
    }, .make("Status", status),
    TableColumn(name: "Restarts", type: "string") { pod, _ in
      let statuses = pod.value(at: ["status", "containerStatuses"])?.array ?? []
      return .string(String(statuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }))
    }, .age, .text("IP", ["status", "podIP"], none: "<none>", wide: true),
    .text("Node", ["spec", "nodeName"], none: "<none>", wide: true),
    .text("Nominated Node", ["status", "nominatedNodeName"], none: "<none>", wide: true),
    .make("Readiness Gates", wide: true) { _ in "<none>" },
  ]

  private static func status(_ pod: JSONValue) -> String {
    if pod.deletionTimestamp != nil { return "Terminating" }
    for status in pod.value(at: ["status", "containerStatuses"])?.array ?? [] {
      for state in ["waiting", "terminated"] {
        if let reason = status.value(at: ["state", state, "reason"])?.string { return reason }
      }
    }
    return pod.value(at: ["status", "reason"])?.string ?? pod.value(at: ["status", "phase"])?.string ?? ""
  }
}

/// Columns of events.
enum EventColumns {
  static let columns: [TableColumn] = [
    time("Last Seen", ["lastTimestamp", "eventTime", "firstTimestamp"]), .text("Type", ["type"]),
    .text("Reason", ["reason"]),
    .make("Object") { event in
      let object = event["involvedObject"]
      return "\(object?["kind"]?.string?.lowercased() ?? "")/\(object?["name"]?.string ?? "")"
    }, .text("Subobject", ["involvedObject", "fieldPath"], wide: true),
    .text("Source", ["source", "component"], wide: true), .text("Message", ["message"]),
    time("First Seen", ["firstTimestamp", "eventTime"], wide: true),
    TableColumn(name: "Count", type: "integer", priority: 1) { event, _ in
      .integer(event["count"]?.int ?? 1)
    }, TableColumn(name: "Name", format: "name", priority: 1) { event, _ in .string(event.name) },
  ]

  private static func time(_ name: String, _ members: [String], wide: Bool = false) -> TableColumn {
    TableColumn(name: name, priority: wide ? 1 : 0) { event, now in
      let time = members.compactMap { event[$0]?.string }.first
      return TableColumn.age(time.map { .string($0) }, now)
    }
  }
}
