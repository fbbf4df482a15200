/// How the dev cluster runs the processes of Knative Services. Times are in milliseconds.
struct KnativeSettings: Sendable {
  /// The URL of the API server, given to each process as `KUBERNETES_API_URL`.
  var apiURL = ""
  /// Where a command is looked up by its last path component when its own path does not exist, in this order.
  var executableDirectories: [String] = []
  /// Where the processes' standard output and error go.
  var output = ChildOutput.inherited
  /// From SIGTERM to SIGKILL.
  var terminationGraceMilliseconds = 10_000
  /// The same when the whole cluster stops.
  var stopGraceMilliseconds = 3_000
  /// From the start of a process until it must be ready.
  var startTimeoutMilliseconds = 60_000
  /// From one readiness probe to the next.
  var probeIntervalMilliseconds = 10
  /// Variables that a process inherits: what programs need to find libraries, files and time, nothing of the caller's own.
  var inheritedVariables = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"]
}

/// What all activators of a cluster share. Home thread only.
final class ActivatorContext {
  let settings: KnativeSettings
  let home: HomeThread
  let runtime: KnativeRuntime
  /// Told what happens to processes; set once, by the controller.
  var report: (ActivatorEvent) -> Void = { _ in }

  init(_ settings: KnativeSettings, home: HomeThread, runtime: KnativeRuntime) {
    self.settings = settings
    self.home = home
    self.runtime = runtime
  }
}
