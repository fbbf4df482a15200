import Glibc

/// How soon a reconciler process answers after its start, which a wake waits for, and what it takes while it is idle.
enum BenchReconciler {
  private static let name = "foo-reconciler"
  private static let pauseMicroseconds: UInt32 = 100
  private static let patienceNanoseconds = 30_000_000_000
  private static let idleMicroseconds: UInt32 = 500_000

  /// Milliseconds of each start, and megabytes resident after half a second without work.
  static func measure() throws(BenchFailure) -> (starts: [Double], resident: [Double]) {
    let path = Environment.executableDirectory + "/" + name
    guard access(path, X_OK) == 0 else { throw .noReconciler(path) }
    var (starts, resident): ([Double], [Double]) = ([], [])
    for round in 0...BenchPlan.reconcilerStarts {
      guard let port = BenchSockets.freePort() else { throw .cannotStart(name, reason: "no free port") }
      let variables = [
        "PORT=\(port)", "BIND_ADDRESS=127.0.0.1", "KUBERNETES_API_URL=http://127.0.0.1:1",
        "EXIT_WITH_PARENT=\(getpid())",
      ]
      let start = monotonicNanoseconds()
      let process = try BenchChild(name, path: path, [name], variables: variables, isQuiet: true)
      try awaitAnswer(port: port, from: start)
      // The first reads the file into memory.
      if round > 0 { starts.append(Double(monotonicNanoseconds() - start) / 1e6) }
      usleep(idleMicroseconds)
      if round > 0 { resident.append(Double(ProcessUsage.residentBytes(of: process.pid)) / 1e6) }
      process.end()
    }
    return (starts, resident)
  }

  /// Asks until it answers, whatever the answer is.
  private static func awaitAnswer(port: Int, from start: Int) throws(BenchFailure) {
    let request = [UInt8]("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
    while monotonicNanoseconds() - start < patienceNanoseconds {
      if let descriptor = BenchSockets.connect(port: port) {
        defer { close(descriptor) }
        BenchSockets.sendAll(descriptor, request)
        var answer = [UInt8](repeating: 0, count: 1024)
        if recv(descriptor, &answer, answer.count, 0) > 0 { return }
      }
      usleep(pauseMicroseconds)
    }
    throw .silent(name)
  }
}
