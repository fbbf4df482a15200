import HubEngine

/// What `/readyz` says: ready when every watch has a complete list and the hub is not on its way out.
enum Readiness {
  /// What is waited for, one sentence each; empty when ready.
  static func missing(_ report: LoopReport) -> [String] {
    if report.isDraining { return ["the hub is shutting down"] }
    guard !report.engine.isSynced else { return [] }
    var missing: [String] = []
    if let problem = report.api.problem { missing.append("the API server \(problem.phrase)") }
    missing += report.engine.waitingFor
    return missing.isEmpty ? ["nothing has been read from the API server yet"] : missing
  }

  /// The body of the answer.
  static func body(_ missing: [String]) -> String {
    missing.isEmpty ? "ok\n" : "not ready; waiting for:\n" + missing.map { "- \($0)\n" }.joined()
  }
}
