import HTTP

/// Faults of the API server, ordered by tests and the demo in the same process.
public final class DevClusterFaults: Sendable {
  init() {}

  func attach(
    api: ThreadConfined<APIServer>, execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
  ) {}
}
