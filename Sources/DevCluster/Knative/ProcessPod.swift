import JSONScan

/// The Pod that stands for a process: it is there as long as the process is, and tells its pid.
struct ProcessPod {
  /// The annotation with the pid.
  static let pidAnnotation = "devcluster.frugalhub.dev/pid"
  /// The label with the Service's name.
  static let serviceLabel = "serving.knative.dev/service"

  let info: ServiceProcess

  /// Unique while the process lives.
  var name: String { "\(info.revision)-deployment-\(info.pid)" }

  /// The Pod of a process that has just been started.
  func object(image: String, command: [String]) -> JSONValue {
    [
      "metadata": [
        "name": .string(name),
        "labels": [
          Self.serviceLabel: .string(info.service.name),
          "serving.knative.dev/configuration": .string(info.service.name),
          "serving.knative.dev/revision": .string(info.revision),
        ],
        "annotations": [Self.pidAnnotation: .string("\(info.pid)")],
      ],
      "spec": [
        "containers": [
          [
            "name": "user-container", "image": .string(image),
            "command": .array(command.map { .string($0) }),
            "ports": [["name": "user-port", "containerPort": JSONValue(info.port), "protocol": "TCP"]],
          ]
        ],
        "nodeName": "devcluster",
      ],
    ]
  }

  /// The status of the Pod from then on.
  static func readyStatus(now: String) -> JSONValue {
    let conditions = ["ContainersReady", "Ready"].map { type -> JSONValue in
      ["type": .string(type), "status": "True", "lastTransitionTime": .string(now)]
    }
    return [
      "phase": "Running", "conditions": .array(conditions), "hostIP": "127.0.0.1", "podIP": "127.0.0.1",
      "podIPs": [["ip": "127.0.0.1"]], "startTime": .string(now), "qosClass": "BestEffort",
    ]
  }

  /// Which process a Pod stands for; nil if it is none of ours.
  static func process(of pod: JSONValue) -> (service: ServiceKey, pid: Int32)? {
    guard let namespace = pod["metadata"]?["namespace"]?.string,
      let service = pod["metadata"]?["labels"]?[serviceLabel]?.string,
      let pid = pod["metadata"]?["annotations"]?[pidAnnotation]?.string.flatMap({ Int32($0) })
    else { return nil }
    return (ServiceKey(namespace: namespace, name: service), pid)
  }
}
