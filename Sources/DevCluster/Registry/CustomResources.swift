import JSONScan

/// CustomResourceDefinitions: what they must be, and the resources that they serve.
enum CustomResources {
  /// Serves the versions of a CRD that is stored; called within the write, so they are served when it is
  /// answered.
  static func serve(_ crd: JSONValue, in store: ClusterStore) {
    let definitions = definitions(of: crd)
    guard let id = definitions.first?.id else { return }
    store.serve(id, as: definitions)
  }

  /// The objects that a CRD is about.
  static func id(of crd: JSONValue) -> ResourceID? {
    guard let group = crd.value(at: ["spec", "group"])?.string,
      let plural = crd.value(at: ["spec", "names", "plural"])?.string
    else { return nil }
    return ResourceID(group: group, plural: plural)
  }

  static func definitions(of crd: JSONValue) -> [ResourceDefinition] {
    guard let id = id(of: crd), let names = crd.value(at: ["spec", "names"]),
      let kind = names["kind"]?.string, let versions = crd.value(at: ["spec", "versions"])?.array
    else { return [] }
    return versions.compactMap { version in
      guard let name = version["name"]?.string else { return nil }
      let subresources = version["subresources"]
      return ResourceDefinition(
        group: id.group, version: name, plural: id.plural,
        singular: names["singular"]?.string ?? kind.lowercased(), kind: kind,
        listKind: names["listKind"]?.string ?? kind + "List",
        namespaced: crd.value(at: ["spec", "scope"]) == "Namespaced",
        shortNames: strings(names["shortNames"]), categories: strings(names["categories"]),
        hasStatus: subresources?["status"] != nil,
        scale: subresources?["scale"].flatMap(scalePaths), isCustom: true,
        selectableFields: (version["selectableFields"]?.array ?? []).compactMap {
          $0["jsonPath"]?.string.map { path(jsonPath: $0).joined(separator: ".") }
        },
        columns: (version["additionalPrinterColumns"]?.array ?? []).compactMap { CustomColumn($0) },
        schema: version.value(at: ["schema", "openAPIV3Schema"]).map { StructuralSchema($0) },
        served: version["served"]?.bool ?? false)
    }
  }

  private static func strings(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }

  private static func scalePaths(_ scale: JSONValue) -> ResourceDefinition.ScalePaths? {
    guard let spec = scale["specReplicasPath"]?.string, let status = scale["statusReplicasPath"]?.string
    else { return nil }
    return .init(
      specReplicas: path(jsonPath: spec), statusReplicas: path(jsonPath: status),
      labelSelector: scale["labelSelectorPath"]?.string.map(path(jsonPath:)))
  }

  /// `.spec.replicas` as member names.
  private static func path(jsonPath: String) -> [String] { jsonPath.split(separator: ".").map(String.init) }

  // MARK: The rules of a CRD

  static let approvalAnnotation = "api-approved.kubernetes.io"

  /// Whether a group belongs to the Kubernetes community.
  static func isProtected(group: String) -> Bool {
    ["k8s.io", "kubernetes.io"].contains { group == $0 || group.hasSuffix("." + $0) }
  }

  static func applyDefaults(to crd: inout JSONValue) {
    if let kind = crd.value(at: ["spec", "names", "kind"])?.string {
      crd.fill(
        ["singular": .string(kind.lowercased()), "listKind": .string(kind + "List")], at: ["spec", "names"])
    }
    crd.fill(["strategy": "None"], at: ["spec", "conversion"])
    let stored = (crd.value(at: ["spec", "versions"])?.array ?? [])
      .first { $0["storage"]?.bool == true }?["name"]
    if let stored {
      var versions = crd.value(at: ["status", "storedVersions"])?.array ?? []
      if !versions.contains(stored) { versions.append(stored) }
      crd.set(.array(versions), at: ["status", "storedVersions"])
    }
    crd.moveLast("status")
  }

  static func causes(_ crd: JSONValue, old: JSONValue?) -> [APIError.Cause] {
    var causes: [APIError.Cause] = []
    func require(_ path: [String]) {
      if crd.value(at: path)?.string?.isEmpty ?? true {
        causes.append(
          .init(
            reason: "FieldValueRequired", message: "Required value", field: path.joined(separator: ".")))
      }
    }
    for path in [["group"], ["names", "plural"], ["names", "kind"], ["scope"]] { require(["spec"] + path) }
    guard causes.isEmpty, let id = id(of: crd) else { return causes }
    if crd.name != "\(id.plural).\(id.group)" {
      causes.append(
        MetadataRules.invalid(
          "metadata.name", crd.name, "must be spec.names.plural+\".\"+spec.group"))
    }
    if isProtected(group: id.group), crd.annotations[approvalAnnotation] == nil {
      causes.append(
        .init(
          reason: "FieldValueRequired",
          message:
            "Required value: protected groups must have approval annotation \"\(approvalAnnotation)\", "
            + "see https://github.com/kubernetes/enhancements/pull/1111",
          field: "metadata.annotations[\(approvalAnnotation)]"))
    }
    if let scope = crd.value(at: ["spec", "scope"])?.string, scope != "Namespaced", scope != "Cluster" {
      causes.append(
        .init(
          reason: "FieldValueNotSupported",
          message: "Unsupported value: \"\(scope)\": supported values: \"Cluster\", \"Namespaced\"",
          field: "spec.scope"))
    }
    let versions = crd.value(at: ["spec", "versions"])?.array ?? []
    if versions.filter({ $0["storage"]?.bool == true }).count != 1 {
      causes.append(
        .init(
          reason: "FieldValueInvalid",
          message: "Invalid value: must have exactly one version marked as storage version",
          field: "spec.versions"))
    }
    if let old {
      for name in ["group", "scope"] where crd.value(at: ["spec", name]) != old.value(at: ["spec", name]) {
        causes.append(
          MetadataRules.invalid(
            "spec.\(name)", crd.value(at: ["spec", name])?.string ?? "", "field is immutable"))
      }
    }
    return causes
  }

  /// Sets a condition of the CRD's status; its time changes only with its status.
  static func setCondition(
    _ crd: inout JSONValue, _ type: String, _ status: String, _ reason: String, _ message: String,
    at time: String
  ) {
    var conditions = crd.value(at: ["status", "conditions"])?.array ?? []
    var condition: JSONValue = [
      "type": .string(type), "status": .string(status), "lastTransitionTime": .string(time),
      "reason": .string(reason), "message": .string(message),
    ]
    if let position = conditions.firstIndex(where: { $0["type"] == .string(type) }) {
      if conditions[position]["status"] == condition["status"] {
        condition["lastTransitionTime"] = conditions[position]["lastTransitionTime"]
      }
      conditions[position] = condition
    } else {
      conditions.append(condition)
    }
    crd.set(.array(conditions), at: ["status", "conditions"])
  }
}
