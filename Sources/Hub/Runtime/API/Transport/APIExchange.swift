import HubEngine

/// One request of the engine, from its effect to its last input.
struct APIExchange {
  /// What the engine asked for: kept, as it may have to wait for credentials or be sent again.
  let request: APIRequest
  /// The status of the answer, once it is there.
  var status: Int?
  /// Which credentials it carries.
  var generation = 0
  /// It was sent again after a 401: a second one is the answer.
  var wasRepeated = false
  /// The answer is a 401 that the engine does not see: the request goes out again at its end.
  var isRepeating = false

  /// A request that has not been sent.
  init(_ request: APIRequest) { self.request = request }

  var method: String { request.method }
  var isStreaming: Bool { request.isStreaming }
}
