import JSONScan

/// What an API server fills into pod templates and the workloads around them (apps/v1 and core/v1 defaults).
enum WorkloadDefaults {
  static func deployment(_ object: inout JSONValue) {
    object.fill(["replicas": 1], at: ["spec"])
    podSpec(&object, at: ["spec", "template", "spec"])
    object.fill(["type": "RollingUpdate"], at: ["spec", "strategy"])
    if object.value(at: ["spec", "strategy", "type"]) == "RollingUpdate" {
      object.fill(["maxUnavailable": "25%", "maxSurge": "25%"], at: ["spec", "strategy", "rollingUpdate"])
    }
    object.fill(["revisionHistoryLimit": 10, "progressDeadlineSeconds": 600], at: ["spec"])
    finish(&object)
  }

  static func statefulSet(_ object: inout JSONValue) {
    object.fill(["replicas": 1], at: ["spec"])
    podSpec(&object, at: ["spec", "template", "spec"])
    object.fill(
      ["podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10, "serviceName": ""], at: ["spec"])
    object.fill(["type": "RollingUpdate"], at: ["spec", "updateStrategy"])
    finish(&object)
  }

  static func replicaSet(_ object: inout JSONValue) {
    object.fill(["replicas": 1], at: ["spec"])
    podSpec(&object, at: ["spec", "template", "spec"])
    finish(&object)
  }

  static func podSpec(_ object: inout JSONValue, at path: [String]) {
    guard var containers = object.value(at: path + ["containers"])?.array else { return }
    for position in containers.indices {
      let image = containers[position]["image"]?.string ?? ""
      if let ports = containers[position]["ports"]?.array {
        let filled = ports.map { port -> JSONValue in
          var port = port
          port.fill(["protocol": "TCP"], at: [])
          return port
        }
        containers[position].set(.array(filled), at: ["ports"])
      }
      containers[position].fill(
        [
          "resources": [:], "terminationMessagePath": "/dev/termination-log",
          "terminationMessagePolicy": "File", "imagePullPolicy": pullPolicy(image),
        ], at: [])
    }
    object.set(.array(containers), at: path + ["containers"])
    object.fill(
      [
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "securityContext": [:], "schedulerName": "default-scheduler",
      ], at: path)
  }

  /// Images that move (no tag, or `latest`) are pulled always.
  private static func pullPolicy(_ image: String) -> JSONValue {
    let name = image.split(separator: "/").last ?? ""
    if image.contains("@") { return "IfNotPresent" }
    guard let colon = name.lastIndex(of: ":") else { return "Always" }
    return name[name.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
  }

  private static func finish(_ object: inout JSONValue) {
    if object["status"] == nil { object.set(.emptyObject, at: ["status"]) }
    object.moveLast("status")
  }
}
