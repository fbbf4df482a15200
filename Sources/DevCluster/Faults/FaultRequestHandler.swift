import HTTP
import JSONScan

/// `/devcluster/faults`: faults ordered by other processes. POST orders one, DELETE forgets all orders, GET counts; each
/// answer says what is still to come. docs/commands.md lists the members of an order.
struct FaultRequestHandler {
  static let path = "/devcluster/faults"
  /// A slow answer is at most this late, and a restart takes at most this long.
  static let maximumMilliseconds = 600_000

  let faults: DevClusterFaults
  let request: APIRequest

  /// Throws 400 for an order that is none, and 405.
  func answer() throws(APIError) -> HTTPResponse {
    switch request.http.method {
    case "GET": break
    case "DELETE": faults.clear()
    case "POST": try order(RequestBody.json(request.http.body, kind: "fault"))
    default: throw .methodNotAllowed
    }
    let pending = faults.pending
    let json: JSONValue = [
      "openWatches": .integer(faults.openWatches), "failures": .integer(pending.failures),
      "slow": .integer(pending.delays), "held": .integer(pending.held),
    ]
    return Answer.json(200, json.serialized())
  }

  private func order(_ order: JSONValue) throws(APIError) {
    let method = try text(order, "method") ?? "*"
    let path = try text(order, "path") ?? ""
    let count = try number(order, "count", 1...Int(Int32.max)) ?? 1
    let milliseconds = try number(order, "milliseconds", 0...Self.maximumMilliseconds)
    switch order["fault"]?.string {
    case "cut"?: faults.cutWatches(plural: try text(order, "plural"))
    case "compact"?: faults.compact()
    case "fail"?:
      guard let status = try number(order, "status", 400...599) else {
        throw refusal("status", "is missing; write the status to answer with, such as 429")
      }
      let retryAfter = try number(order, "retryAfterSeconds", 0...86_400)
      faults.failNext(
        method: method, pathContains: path, status: status, retryAfterSeconds: retryAfter, count: count)
    case "slow"?:
      guard let milliseconds else {
        throw refusal("milliseconds", "is missing; write how late the answers are")
      }
      faults.slowNext(method: method, pathContains: path, milliseconds: milliseconds, count: count)
    case "restart"?:
      let data = try text(order, "data") ?? "keep"
      guard ["keep", "lose"].contains(data) else { throw refusal("data", "must be keep or lose") }
      faults.restart(keepingData: data == "keep", downMilliseconds: milliseconds ?? 0)
    default: throw refusal("fault", "must be cut, compact, fail, slow or restart")
    }
  }

  private func text(_ order: JSONValue, _ name: String) throws(APIError) -> String? {
    guard let value = order[name] else { return nil }
    guard let text = value.string else { throw refusal(name, "must be a string") }
    return text
  }

  private func number(
    _ order: JSONValue, _ name: String, _ range: ClosedRange<Int>
  ) throws(APIError) -> Int? {
    guard let value = order[name] else { return nil }
    guard let number = value.int, range.contains(number) else {
      throw refusal(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func refusal(_ field: String, _ why: String) -> APIError {
    .badRequest("the order of a fault: \(field) \(why)")
  }
}
