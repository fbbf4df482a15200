import Dispatch
import Foundation

/// What a wait throws when its condition did not come true in time.
public struct WaitTimedOut: Error, CustomStringConvertible {
  /// What was waited for.
  public let description: String

  /// A wait in vain.
  public init(description: String) { self.description = description }
}

/// Waits until `condition` returns a value, looking again every 5 ms; the deadline only bounds a failing test.
public func waitFor<Value>(
  _ what: String, seconds: Double = 60, _ condition: () async throws -> Value?
) async throws -> Value {
  let deadline = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
  while true {
    if let value = try await condition() { return value }
    if DispatchTime.now().uptimeNanoseconds > deadline {
      throw WaitTimedOut(description: "waited \(seconds) s for: \(what)")
    }
    try await Task.sleep(nanoseconds: 5_000_000)
  }
}

/// Waits until `condition` is true.
public func waitUntil(_ what: String, seconds: Double = 60, _ condition: () async throws -> Bool) async throws
{
  let _: Bool = try await waitFor(what, seconds: seconds) { try await condition() ? true : nil }
}
