import JSONScan

import HubEngine

/// One delivery as it went to a sink.
struct Sent: Equatable {
  var id: DeliveryID
  var request: SinkRequest
  /// Monotonic nanoseconds.
  var sentAt: UInt64
  /// The batch in which it was sent, as the world counts them.
  var turn: Int

  func header(_ name: String) -> String? {
    request.headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
  var type: String { header("ce-type") ?? "" }
  var operation: String { type.split(separator: ".").last.map(String.init) ?? "" }
  var name: String { header("ce-name") ?? "" }
  var namespace: String { header("ce-namespace") ?? "" }
  var tenant: String { header("Kn-Namespace") ?? "" }
  var eventID: String { header("ce-id") ?? "" }
  var uid: String { header("ce-uid") ?? "" }
  var sequence: String? { header("ce-sequence") }
  /// The URL without its last part: that of all sinks of one subscription, in the simulation.
  var subscription: String { request.url.split(separator: "/").dropLast().joined(separator: "/") }
  var cause: String { header("ce-hubcause") ?? "" }
  var key: String { "\(header("ce-kind") ?? "") \(namespace)/\(name)" }
  var body: JSONValue { (try? JSONValue(parsing: request.body)) ?? [:] }
  /// As `add Foo a/x change 1`.
  var summary: String {
    "\(operation) \(key) \(header("ce-hubcause") ?? "") \(header("ce-hubattempt") ?? "")"
  }
}
