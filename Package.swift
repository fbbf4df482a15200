// swift-tools-version: 6.2
// One target per room; dependencies point only downwards (docs/architecture.md). `make build` and `make test`
// pass --explicit-target-dependency-import-check error, so an import that is not declared here does not build.
import PackageDescription

/// Swift 6 language mode comes with the tools version (complete concurrency checking).
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  // An import is visible only in the file that writes it (SE-0444): the diagram can be read off the imports.
  .enableUpcomingFeature("MemberImportVisibility"),
  // `any` is written where a call is dynamic (SE-0335).
  .enableUpcomingFeature("ExistentialAny"),
]

func room(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies, path: "Tests/" + name, resources: resources,
    swiftSettings: strict)
}

let package = Package(
  name: "FrugalHub",
  products: [
    .executable(name: "hub", targets: ["hub"]),
    .executable(name: "foo-reconciler", targets: ["foo-reconciler"]),
  ],
  targets: [
    // Base: the platform and bytes.
    .systemLibrary(name: "CCurl", path: "Sources/CCurl"),
    .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
    room("JSONScan", "Sources/JSONScan"),
    room("YAML", "Sources/YAML", ["JSONScan"]),

    // Core: pure; no clock, socket, thread or random number.
    room("Kubernetes", "Sources/Kubernetes", ["JSONScan"]),
    room("CESQL", "Sources/CESQL"),
    room("CloudEvents", "Sources/CloudEvents", ["CESQL", "JSONScan"]),
    room("HubEngine", "Sources/Hub/Engine", ["Kubernetes", "CESQL", "CloudEvents", "JSONScan", "YAML"]),

    // Edges.
    room("HTTP", "Sources/HTTP", ["CCurl", "CLinux"]),

    // Shells.
    room(
      "HubRuntime", "Sources/Hub/Runtime",
      ["HubEngine", "Kubernetes", "CloudEvents", "JSONScan", "YAML", "HTTP", "CLinux"]),
    room("ReconcilerKit", "Sources/Reconcilers/Kit", ["CloudEvents", "JSONScan", "HTTP", "CLinux"]),
    room("DevCluster", "Sources/DevCluster", ["JSONScan", "YAML", "HTTP", "CLinux"]),

    // What the demo applies; apart from the executable, so that tests compare it with `deploy`.
    room("Manifests", "Sources/Hub/Manifests", ["HubEngine", "JSONScan"]),

    // Executables: each main fits one screen.
    .executableTarget(
      name: "hub",
      dependencies: ["HubRuntime", "DevCluster", "HubEngine", "Manifests", "JSONScan", "HTTP", "CLinux"],
      path: "Sources/Hub/Main", swiftSettings: strict),
    .executableTarget(
      name: "foo-reconciler", dependencies: ["ReconcilerKit", "JSONScan"], path: "Sources/Reconcilers/Foo",
      swiftSettings: strict),

    // Tests: one folder per target.
    room("TestSupport", "Tests/Support"),
    // A small HTTP server with faults on demand, run as a child process by tests.
    .executableTarget(name: "test-sink", dependencies: ["HTTP"], path: "Tests/Sink", swiftSettings: strict),
    tests("JSONScan", ["JSONScan", "TestSupport"]),
    tests("YAML", ["YAML", "JSONScan", "TestSupport"]),
    tests("CESQL", ["CESQL", "YAML", "JSONScan", "TestSupport"]),
    tests("CloudEvents", ["CloudEvents", "CESQL", "JSONScan", "TestSupport"]),
    tests("Kubernetes", ["Kubernetes", "JSONScan", "TestSupport"]),
    tests("HTTP", ["HTTP", "TestSupport"]),
    // The engine in a world of virtual time, with faults from a seed: by the tests, and by itself (`make sim`).
    room("Simulator", "Tests/Simulator", ["HubEngine", "Kubernetes", "JSONScan"]),
    .executableTarget(
      name: "simulate", dependencies: ["Simulator"], path: "Tests/Simulate", swiftSettings: strict),
    tests(
      "HubEngine",
      ["HubEngine", "Simulator", "Kubernetes", "CESQL", "CloudEvents", "JSONScan", "YAML", "TestSupport"]),
    tests("Manifests", ["Manifests", "YAML", "JSONScan", "TestSupport"]),
    tests(
      "HubRuntime", ["HubRuntime", "HubEngine", "CloudEvents", "HTTP", "JSONScan", "YAML", "TestSupport"]),
    tests("ReconcilerKit", ["ReconcilerKit", "CloudEvents", "HTTP", "JSONScan", "TestSupport"]),
    tests("DevCluster", ["DevCluster", "HTTP", "JSONScan", "TestSupport"]),
    // The manifests, the image and the pages for operators, held to what the executables do.
    tests("Deploy", ["HubRuntime", "HubEngine", "HTTP", "YAML", "JSONScan", "TestSupport"]),
    tests("EndToEnd", ["DevCluster", "HubRuntime", "HubEngine", "HTTP", "JSONScan", "TestSupport"]),
    // The arithmetic and the command line of `hub bench`.
    tests("Hub", ["hub", "HubRuntime", "JSONScan", "TestSupport"]),

    // Fuzzing (`make fuzz`): pure functions that check any bytes, a driver for libFuzzer, and tests that replay.
    room(
      "FuzzTargets", "Tests/Fuzz/Targets",
      ["JSONScan", "YAML", "Kubernetes", "CloudEvents", "HubEngine", "HTTP", "DevCluster"]),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Replay", swiftSettings: strict),
  ]
)
