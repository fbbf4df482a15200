import TestSupport
import Testing

@testable import ReconcilerKit

@Suite("Environment and log of a reconciler")
struct EnvironmentTests {
  private func read(
    _ variables: [String: String]
  ) throws(ReconcilerEnvironment.Problem) -> ReconcilerEnvironment {
    try ReconcilerEnvironment(component: "tester") { variables[$0] }
  }

  @Test("With KUBERNETES_API_URL it is a process on this machine: loopback, no credentials")
  func onThisMachine() throws {
    let environment = try read([
      "KUBERNETES_API_URL": "http://127.0.0.1:8001/", "KUBERNETES_SERVICE_HOST": "10.0.0.1",
    ])
    #expect(environment.host == "127.0.0.1")
    #expect(environment.port == 8080)
    #expect(environment.drainSeconds == 25)
    #expect(environment.parent == nil)
    #expect(
      environment.kubernetes
        == (try KubernetesConfiguration(url: "http://127.0.0.1:8001", component: "tester")))
  }

  @Test("In a pod it is the cluster's API server, with the service account's token and authority")
  func inAPod() throws {
    for (host, url) in [("10.96.0.1", "https://10.96.0.1:443"), ("fd00::1", "https://[fd00::1]:443")] {
      let environment = try read([
        "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443", "PORT": "9000",
        "DRAIN_SECONDS": "5",
        "KUBERNETES_API_URL": "", "EXIT_WITH_PARENT": "77", "BIND_ADDRESS": "::",
      ])
      #expect(environment.kubernetes.url == url)
      #expect(environment.kubernetes.tokenFile == "/var/run/secrets/kubernetes.io/serviceaccount/token")
      #expect(environment.kubernetes.caFile == "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt")
      #expect(environment.host == "::")
      #expect(environment.port == 9000)
      #expect(environment.drainSeconds == 5)
      #expect(environment.parent == 77)
    }
  }

  @Test("A variable that can't be used is named, with what it may be")
  func namesTheFault() {
    typealias Problem = ReconcilerEnvironment.Problem
    let api = ["KUBERNETES_API_URL": "http://127.0.0.1:8001"]
    for (variable, value, range) in [
      ("PORT", "http", 0...65535), ("PORT", "65536", 0...65535), ("PORT", "-1", 0...65535),
      ("DRAIN_SECONDS", "soon", 0...3600), ("EXIT_WITH_PARENT", "1", 2...2_147_483_647),
    ] {
      #expect(throws: Problem.notANumber(variable: variable, value: value, range: range)) {
        try read(api.merging([variable: value]) { $1 })
      }
    }
    #expect(throws: Problem.noAPIServer) { try read([:]) }
    #expect(throws: Problem.noAPIServer) { try read(["KUBERNETES_SERVICE_HOST": "10.0.0.1"]) }
    #expect(throws: Problem.badAPIServer(.badURL("8001"))) { try read(["KUBERNETES_API_URL": "8001"]) }
    #expect(throws: Problem.badAPIServer(.tokenWithoutTLS("http://10.0.0.1"))) {
      try read(["KUBERNETES_API_URL": "http://10.0.0.1", "KUBERNETES_TOKEN_FILE": "t"])
    }
  }

  @Test("A line is one line, whatever is logged; what is below the level is not written")
  func logsSingleLines() throws {
    let lines = Lines()
    let log = ReconcilerLog(level: .info, write: lines.append)
    log.log(.debug, "quiet")
    log.log(.warning, "two\nlines", ["plain": "a/b", "empty": "", "forged": "x\" level=error\n\u{1b}[31m"])
    #expect(lines.values.count == 1)
    let line = try #require(lines.values.first)
    #expect(
      line.hasSuffix(
        #" warning two\nlines plain=a/b empty="" forged="x\" level=error\n\u{1b}[31m""#), "\(line)")
    for level in ReconcilerLog.Level.allCases { #expect(level >= .debug) }
    #expect(ReconcilerLog.Level.error > .warning)
  }
}
