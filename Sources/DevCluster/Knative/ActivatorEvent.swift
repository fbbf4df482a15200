/// A process of a revision, as its Pod shows it.
struct ServiceProcess: Hashable, Sendable {
  let service: ServiceKey
  /// The name of its revision.
  let revision: String
  /// Its number within the revision.
  let process: RevisionProcess
  let pid: Int32
  /// The port it was told to listen on.
  let port: Int
}

/// What an activator tells about its processes, on the home thread.
enum ActivatorEvent: Equatable, Sendable {
  case processStarted(ServiceProcess)
  case processReady(ServiceProcess)
  case processEnded(ServiceProcess, ChildEnd)
  /// A process could not be started, ended before it was ready, or was not ready in time.
  case startFailed(ServiceKey, revision: String, StartProblem)
}

/// Why a process of a revision did not become ready, with what to do about it.
enum StartProblem: Error, Equatable, Sendable, CustomStringConvertible {
  case cannotRun(ChildStartFailure)
  case endedEarly(executable: String, ChildEnd)
  case notReady(executable: String, path: String, seconds: Int)
  case noFreePort

  /// For the condition of the Service.
  var reason: String {
    switch self {
    case .cannotRun: "CommandFailed"
    case .endedEarly: "ExitedBeforeReady"
    case .notReady: "ProgressDeadlineExceeded"
    case .noFreePort: "NoFreePort"
    }
  }

  var description: String {
    switch self {
    case .cannotRun(let failure): "\(failure); make it an executable file"
    case .endedEarly(let executable, let end):
      "\(executable) \(end) before it was ready; run it by hand with PORT and KUBERNETES_API_URL set to see why"
    case .notReady(let executable, let path, let seconds):
      "\(executable) did not answer 200 to GET \(path) on its PORT within \(seconds) s; "
        + "let it listen on PORT, or set readinessProbe.httpGet.path"
    case .noFreePort:
      "no port between \(PortPicker.range.lowerBound) and \(PortPicker.range.upperBound - 1) is free; stop other servers"
    }
  }
}
