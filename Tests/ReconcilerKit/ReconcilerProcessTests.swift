import Foundation
import Glibc
import TestSupport
import HTTP
import Testing

@Suite("Reconciler process")
struct ReconcilerProcessTests {
  private static let foo = "/apis/samplecontroller.k8s.io/v1alpha1/namespaces/default/foos/example-foo"

  @Test(
    "SIGTERM lets a running reconcile finish and be answered, then the process ends with 0",
    arguments: [SIGTERM, SIGINT])
  func drains(signal: Int32) async throws {
    let server = try FakeAPIServer()
    server.hold(pathContains: "/foos/")
    let child = try await ReconcilerChild(environment: ["KUBERNETES_API_URL": server.url])
    #expect(try await child.get("/healthz").status == 200)
    let sending = Task { try await child.post(Events.headers()).status }
    try await waitUntil("the reconcile waits for the API server") { server.heldCount == 1 }
    child.signal(signal)
    try await waitUntil("it drains") { child.lines.contains { $0.contains("draining") } }
    server.release()
    #expect(try await sending.value == 200)
    #expect(try await child.exitCode() == 0)
    #expect(child.lines.last?.contains("ended") == true)
  }

  @Test("A drain is bounded: a reconcile that does not end is cut, and the process ends with 0")
  func drainIsBounded() async throws {
    let server = try FakeAPIServer()
    server.hold(pathContains: "/foos/")
    let child = try await ReconcilerChild(environment: [
      "KUBERNETES_API_URL": server.url, "DRAIN_SECONDS": "0",
    ])
    let sending = Task { try await child.post(Events.headers()).status }
    try await waitUntil("the reconcile waits for the API server") { server.heldCount == 1 }
    child.signal(SIGTERM)
    #expect(try await child.exitCode() == 0)
    await #expect(throws: (any Error).self, "no answer means that the event comes again") {
      try await sending.value
    }
  }

  @Test("It ends when the process that started it is gone, if it is told that one's pid")
  func followsItsParent() async throws {
    // A pid that is no parent of the child: as if the parent had ended.
    let child = try await ReconcilerChild(environment: [
      "KUBERNETES_API_URL": "http://127.0.0.1:1", "EXIT_WITH_PARENT": "\(getpid() + 1)",
    ])
    #expect(try await child.exitCode() == 0)
    let kept = try await ReconcilerChild(environment: [
      "KUBERNETES_API_URL": "http://127.0.0.1:1", "EXIT_WITH_PARENT": "\(getpid())",
    ])
    #expect(try await kept.get("/readyz").status == 200)
    kept.signal(SIGTERM)
    #expect(try await kept.exitCode() == 0)
  }

  @Test("A wrong environment is exit code 2, a port in use 1, each with a reason in the last line")
  func refusesToStart() async throws {
    let wrong = try await ReconcilerChild(environment: [
      "KUBERNETES_API_URL": "http://127.0.0.1:1", "PORT": "many",
    ])
    #expect(try await wrong.exitCode() == 2)
    #expect(wrong.lines.last?.contains("PORT=many is not a number from 0 to 65535") == true)
    #expect(try await ReconcilerChild(environment: [:]).exitCode() == 2)
    let first = try await ReconcilerChild(environment: ["KUBERNETES_API_URL": "http://127.0.0.1:1"])
    let second = try await ReconcilerChild(environment: [
      "KUBERNETES_API_URL": "http://127.0.0.1:1", "PORT": "\(first.port)",
    ])
    let code = try await second.exitCode()
    #expect(code == 1, "\(second.lines)")
    #expect(second.lines.last?.contains("cannot start") == true)
    // The first has to hold its port until here; without this use it may be released, and so killed, before.
    #expect(try await first.get("/healthz").status == 200)
  }
}
