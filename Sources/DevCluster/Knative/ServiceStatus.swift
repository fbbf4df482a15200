import JSONScan

/// The `status` of a Service, as Knative Serving writes it.
struct ServiceStatus: Equatable {
  /// Why the Service is not ready.
  struct Problem: Equatable {
    let reason: String
    let message: String

    init(_ problem: SpecProblem) {
      reason = problem.reason
      message = "\(problem)"
    }

    init(_ problem: StartProblem) {
      reason = problem.reason
      message = "\(problem)"
    }

    init(reason: String, message: String) {
      self.reason = reason
      self.message = message
    }
  }

  /// The `metadata.generation` that this is about.
  var observedGeneration: Int
  /// Where requests go; nil if nothing listens.
  var url: String?
  /// The revision of the last template that could be run.
  var revision: String?
  /// What is wrong with the Service as it is written, or with its listener.
  var specProblem: Problem?
  /// Why the last process did not become ready.
  var startProblem: Problem?

  /// Nil: ready.
  private var problem: Problem? { specProblem ?? startProblem }

  /// The object; conditions that have not changed keep the transition time that `previous` has for them.
  func json(previous: JSONValue?, now: String) -> JSONValue {
    var status: JSONObject = ["observedGeneration": JSONValue(observedGeneration)]
    let routing = url == nil || revision == nil ? problem : nil
    status["conditions"] = [
      condition("ConfigurationsReady", problem, previous, now), condition("Ready", problem, previous, now),
      condition("RoutesReady", routing, previous, now),
    ]
    if let url {
      status["url"] = .string(url)
      status["address"] = ["url": .string(url)]
    }
    if let revision {
      status["latestCreatedRevisionName"] = .string(revision)
      status["latestReadyRevisionName"] = .string(revision)
      status["traffic"] = [["latestRevision": true, "percent": 100, "revisionName": .string(revision)]]
    }
    return .object(status)
  }

  private func condition(_ type: String, _ problem: Problem?, _ previous: JSONValue?, _ now: String)
    -> JSONValue
  {
    let value = problem == nil ? "True" : "False"
    let old = previous?["conditions"]?.array?.first { $0["type"]?.string == type }
    let since = old?["status"]?.string == value ? old?["lastTransitionTime"]?.string : nil
    var condition: JSONObject = [
      "lastTransitionTime": .string(since ?? now), "status": .string(value), "type": .string(type),
    ]
    if let problem {
      condition["reason"] = .string(problem.reason)
      condition["message"] = .string(problem.message)
    }
    return .object(condition)
  }
}
