import JSONScan
import Testing

@testable import DevCluster

@Suite("Reading a Knative Service")
struct KnativeSpecTests {
  static func service(
    command: JSONValue? = ["/bin/sh"], annotations: JSONValue = [:], spec: JSONObject = [:],
    container: JSONObject = [:]
  ) -> JSONValue {
    var own: JSONObject = container
    if let command { own["command"] = command }
    var revision = spec
    if revision["containers"] == nil { revision["containers"] = [.object(own)] }
    return ["spec": ["template": ["metadata": ["annotations": annotations], "spec": .object(revision)]]]
  }

  static func read(_ service: JSONValue, in directories: [String] = []) throws(SpecProblem)
    -> RevisionTemplate
  {
    var settings = KnativeSettings()
    settings.executableDirectories = directories
    return try ServiceSpec(service: service, settings: settings).revision(named: "echo-00001")
  }

  @Test("command, args, env and the probe's path are read; the rest has its defaults")
  func wholeSpec() throws {
    let revision = try Self.read(
      Self.service(
        command: ["/bin/sh", "-c"],
        container: [
          "args": ["true"], "env": [["name": "A", "value": "1"], ["name": "EMPTY"]],
          "readinessProbe": ["httpGet": ["path": "/ready"]], "image": "ignored",
        ]))
    #expect(
      revision
        == RevisionTemplate(
          name: "echo-00001", executable: "/bin/sh", arguments: ["-c", "true"],
          environment: [
            EnvironmentVariable(name: "A", value: "1"), EnvironmentVariable(name: "EMPTY", value: ""),
          ],
          readinessPath: "/ready"))
    #expect(revision.scaling.maxScale == 1)
    #expect(revision.scaling.window == 60_000_000_000)
    #expect(revision.scaling.requestTimeout == 300_000_000_000)
  }

  @Test("window, max-scale, containerConcurrency and timeoutSeconds are read")
  func scaling() throws {
    let scaling = try Self.read(
      Self.service(
        annotations: ["autoscaling.knative.dev/window": "1m30s", "autoscaling.knative.dev/max-scale": "3"],
        spec: ["containerConcurrency": 4, "timeoutSeconds": 20])
    ).scaling
    #expect(scaling.window == 90_000_000_000)
    #expect(scaling.maxScale == 3)
    #expect(scaling.containerConcurrency == 4)
    #expect(scaling.requestTimeout == 20_000_000_000)
  }

  @Test("maxScale in its old spelling counts, and 0 or too much is the machine's limit")
  func maxScale() throws {
    let old = Self.service(annotations: ["autoscaling.knative.dev/maxScale": "2"])
    #expect(try Self.read(old).scaling.maxScale == 2)
    for text in ["0", "21", "1000"] {
      let service = Self.service(annotations: ["autoscaling.knative.dev/max-scale": .string(text)])
      #expect(try Self.read(service).scaling.maxScale == ServiceSpec.processLimit)
    }
  }

  @Test("a command that is no file is looked up by its last path component")
  func lookup() throws {
    for command in ["/ko-app/sh", "sh", "bin/sh"] {
      let revision = try Self.read(Self.service(command: [.string(command)]), in: ["/nowhere", "/bin"])
      #expect(revision.executable == "/bin/sh")
    }
  }

  @Test(
    "a command that cannot be found says where it was looked for",
    arguments: ["/ko-app/nobody-has-this", "..", "/", "/bin"])
  func missingCommand(command: String) {
    #expect(throws: SpecProblem.commandNotFound(command: command, directories: ["/bin"])) {
      try Self.read(Self.service(command: [.string(command)]), in: ["/bin"])
    }
    #expect("\(SpecProblem.commandNotFound(command: command, directories: ["/bin"]))".contains("in /bin;"))
  }

  @Test("a container without a command, or not exactly one container, is refused")
  func shape() {
    for command: JSONValue? in [nil, .null, [], [""]] {
      #expect(throws: SpecProblem.noCommand) { try Self.read(Self.service(command: command)) }
    }
    #expect(throws: SpecProblem.containers(count: 0)) { try Self.read([:]) }
    #expect(throws: SpecProblem.containers(count: 2)) {
      try Self.read(Self.service(spec: ["containers": [[:], [:]]]))
    }
  }

  @Test("valueFrom is refused by the variable's name")
  func valueFrom() {
    let env: JSONValue = [["name": "WHERE", "valueFrom": ["fieldRef": ["fieldPath": "metadata.namespace"]]]]
    #expect(throws: SpecProblem.variableFromElsewhere(name: "WHERE")) {
      try Self.read(Self.service(container: ["env": env]))
    }
  }

  @Test(
    "a window that is no duration from 1s to 1h is refused by name",
    arguments: ["", "10", "x", "999ms", "1h1ns", "-5s", "5 s", "1s1"])
  func badWindow(text: String) throws {
    let service = Self.service(annotations: ["autoscaling.knative.dev/window": .string(text)])
    let problem = try #require(throws: SpecProblem.self) { try Self.read(service) }
    #expect(problem.reason == "InvalidValue")
    #expect("\(problem)".contains("autoscaling.knative.dev/window"))
  }

  @Test("the limits of a window are allowed", arguments: ["1s", "1000ms", "1h", "60m", "0.5h30m"])
  func edgeWindow(text: String) throws {
    _ = try Self.read(Self.service(annotations: ["autoscaling.knative.dev/window": .string(text)]))
  }

  @Test("numbers beyond their limits are refused, at the limits they are not")
  func numbers() throws {
    for (field, good, bad): (String, [Int], [Int]) in [
      ("containerConcurrency", [0, 1000], [-1, 1001]), ("timeoutSeconds", [1, 600], [0, 601]),
    ] {
      for number in good { _ = try Self.read(Self.service(spec: [field: JSONValue(number)])) }
      for number in bad {
        #expect(throws: SpecProblem.self) { try Self.read(Self.service(spec: [field: JSONValue(number)])) }
      }
      #expect(throws: SpecProblem.self) { try Self.read(Self.service(spec: [field: "many"])) }
    }
    for text in ["-1", "two", ""] {
      let service = Self.service(annotations: ["autoscaling.knative.dev/max-scale": .string(text)])
      #expect(throws: SpecProblem.self) { try Self.read(service) }
    }
  }

  @Test("arguments and variables that no process could get are refused")
  func unusable() {
    #expect(throws: SpecProblem.self) { try Self.read(Self.service(container: ["args": "one"])) }
    #expect(throws: SpecProblem.self) { try Self.read(Self.service(container: ["args": [1]])) }
    #expect(throws: SpecProblem.self) { try Self.read(Self.service(container: ["args": ["a\0b"]])) }
    #expect(throws: SpecProblem.self) { try Self.read(Self.service(container: ["env": [["value": "1"]]])) }
    #expect(throws: SpecProblem.self) { try Self.read(Self.service(container: ["env": [["name": "A=B"]]])) }
    #expect(throws: SpecProblem.self) {
      try Self.read(Self.service(container: ["readinessProbe": ["httpGet": ["path": "ready"]]]))
    }
  }

  @Test("Go's durations are read to the nanosecond")
  func durations() {
    let good: [(String, UInt64)] = [
      ("0", 0), ("1ns", 1), ("1us", 1000), ("1µs", 1000), ("2ms", 2_000_000), ("1.5s", 1_500_000_000),
      (".5s", 500_000_000), ("1.s", 1_000_000_000), ("1h2m3s", 3_723_000_000_000),
    ]
    for (text, value) in good { #expect(GoDuration.nanoseconds(text) == value, "\(text)") }
    for text in ["", ".", "s", "1", "1x", "1..5s", "1e3s", "+1s", "1s ", "9999999999h"] {
      #expect(GoDuration.nanoseconds(text) == nil, "\(text)")
    }
  }
}
