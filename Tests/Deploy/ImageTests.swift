import Foundation
import HTTP
import JSONScan
import TestSupport
import Testing

@Suite("The images, built by the steps of the Dockerfile", .timeLimit(.minutes(20)))
struct ImageTests {
  private static let suite = "bookworm"

  /// What `make build` leaves, for `make image-test`; else the executables of this build.
  private static var binaries: URL {
    ProcessInfo.processInfo.environment["FRUGALHUB_BINARIES"].map { URL(filePath: $0) }
      ?? BuiltProcess.directory
  }

  private func dockerfile() throws -> Dockerfile { try Dockerfile(Repository.text("Dockerfile")) }

  private func stage(_ name: String) throws -> Dockerfile.Stage {
    try #require(try dockerfile().stages.first { $0.name == name })
  }

  @Test("only what make build leaves is copied, nothing runs as root, and signals reach the program")
  func posture() throws {
    let stages = try dockerfile().stages
    let makefile = try Repository.text("Makefile")
    let ignored = try Repository.text(".dockerignore").split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(stages.first?.base == "debian:\(Self.suite)-slim")
    #expect(ignored.first == "*")
    for stage in stages.dropFirst() {
      #expect(stage.user == "65532:65532")
      #expect(stage.port == 8080)
      let copy = try #require(stage.copies.first)
      #expect(stage.copies.count == 1 && stage.entrypoint == [copy.target])
      #expect(ignored.contains("!" + copy.source))
      #expect(makefile.contains(URL(filePath: copy.source).lastPathComponent))
    }
    #expect(ignored.count == stages.count)
  }

  @Test("the hub's image has the StatefulSet's user, and the pod names no other program")
  func pod() throws {
    let pod = try #require(
      try Repository.object("StatefulSet", "frugalhub", in: "deploy/hub")?.at("spec.template.spec"))
    let context = try #require(pod["securityContext"])
    #expect(
      try stage("hub").user == "\(context["runAsUser"]?.int ?? 0):\(context["runAsGroup"]?.int ?? 0)")
    #expect(pod.at("containers.0.command") == nil)
    let reconciler = try Repository.object("Service", "foo-reconciler", in: "deploy/foo")
    let command = try #require(reconciler?.at("spec.template.spec.containers.0.command.0")?.string)
    #expect(try stage("foo-reconciler").copies.first?.target == "/usr/local/bin/" + command)
  }

  @Test(
    "in a root made of those steps both programs start as the image's user on a read-only root, and serve",
    .enabled("root who may mount, Debian \(suite), mmdebstrap, and a mirror in reach") {
      await ImageRoot.isPossible(suite)
    })
  func starts() async throws {
    let stages = try dockerfile().stages
    let root = try await ImageRoot(suite: Self.suite)
    defer { root.remove() }
    // The later stages only add files of different names: one root does for all.
    for stage in stages {
      for command in stage.runs { try await root.run(command) }
      for copy in stage.copies {
        let name = URL(filePath: copy.source).lastPathComponent
        try await root.copy(Self.binaries.appending(path: name), to: copy.target)
      }
    }
    try await version(root)
    try await serves(root)
  }

  private func version(_ root: ImageRoot) async throws {
    let hub = try stage("hub")
    let process = try root.start(hub.entrypoint + ["version"], user: try #require(hub.user))
    #expect(try await process.end() == 0)
    #expect(process.output.contains(#/^hub \d+\.\d+\.\d+/#), "\(process.errors)")
  }

  /// Both with what their pods give them: the hub its arguments, but for the port, and its volume.
  private func serves(_ root: ImageRoot) async throws {
    let (hub, reconciler) = (try stage("hub"), try stage("foo-reconciler"))
    let pod = try #require(
      try Repository.object("StatefulSet", "frugalhub", in: "deploy/hub")?.at("spec.template.spec"))
    let volume = try root.makeVolume(
      at: #require(pod.at("containers.0.volumeMounts.0.mountPath")?.string),
      group: #require(pod.at("securityContext.fsGroup")?.int))
    let arguments = try #require(pod.at("containers.0.args")?.strings)
    let cluster = try await KubectlStage()
    let hubProcess = try root.start(
      hub.entrypoint + arguments.map { $0 == ":8080" ? "127.0.0.1:0" : $0 }, user: try #require(hub.user),
      environment: ["KUBERNETES_API_URL": cluster.url], volume: volume)
    let reconcilerProcess = try root.start(
      reconciler.entrypoint, user: try #require(reconciler.user),
      environment: ["KUBERNETES_API_URL": cluster.url, "PORT": "0"])
    let client = HTTPClientThread()
    let addresses = [
      try await hubProcess.field("admin"), "http://127.0.0.1:\(try await reconcilerProcess.field("port"))",
    ]
    for address in addresses {
      let answer = try await client.send(
        HTTPClientRequest(url: address + "/healthz", deadlineMilliseconds: 30_000))
      #expect(answer.status == 200)
    }
    client.stop()
    for process in [hubProcess, reconcilerProcess] {
      kill(process.pid, SIGTERM)
      #expect(try await process.end() == 0, "\(process.errors)")
    }
    try await cluster.stop()
    let kept = try FileManager.default.contentsOfDirectory(atPath: volume.content.path)
    #expect(kept.contains { $0.hasPrefix("journal-") }, "\(kept) \(hubProcess.errors)")
  }
}
