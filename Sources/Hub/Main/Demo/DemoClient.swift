import HTTP
import JSONScan

/// What the demo asks of the API server: the same requests that kubectl would make.
struct DemoClient: Sendable {
  /// A request took longer: the demo is stuck.
  private static let deadlineMilliseconds = 10_000

  private let baseURL: String
  private let http = HTTPClientThread()

  init(baseURL: String) { self.baseURL = baseURL }

  /// The object, or nil if there is none.
  func find(_ path: String) async throws(DemoFailure) -> JSONValue? {
    let response = try await send("GET", path)
    return response.status == 404 ? nil : try object(response, "GET", path)
  }

  func create(_ path: String, _ object: JSONValue) async throws(DemoFailure) {
    _ = try self.object(
      await send("POST", path, "application/json", object.serialized()), "POST", path)
  }

  /// A JSON merge patch.
  func patch(_ path: String, _ patch: JSONValue) async throws(DemoFailure) {
    _ = try object(
      await send("PATCH", path, "application/merge-patch+json", patch.serialized()), "PATCH", path)
  }

  func delete(_ path: String) async throws(DemoFailure) {
    _ = try object(await send("DELETE", path), "DELETE", path)
  }

  func stop() { http.stop() }

  private func send(
    _ method: String, _ path: String, _ contentType: String? = nil, _ body: [UInt8]? = nil
  ) async throws(DemoFailure) -> HTTPResponse {
    var headers = HTTPHeaders([("Accept", "application/json"), ("User-Agent", "hub-demo")])
    if let contentType { headers.set("Content-Type", contentType) }
    var request = HTTPClientRequest(method: method, url: baseURL + path, headers: headers, body: body)
    request.deadlineMilliseconds = Self.deadlineMilliseconds
    do throws(HTTPClientFailure) {
      return try await http.send(request)
    } catch {
      throw .api("\(method) \(path): \(error)")
    }
  }

  private func object(
    _ response: HTTPResponse, _ method: String, _ path: String
  ) throws(DemoFailure) -> JSONValue {
    guard (200..<300).contains(response.status) else {
      throw .api("\(method) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    do throws(JSONError) {
      return try JSONValue(parsing: response.body)
    } catch {
      throw .api("\(method) \(path): the answer is not JSON: \(error)")
    }
  }
}

/// Why a step of the demo did not hold.
enum DemoFailure: Error, CustomStringConvertible {
  /// The reconciler is not where it is built.
  case noReconciler(path: String)
  /// The API server refused something.
  case api(String)
  /// Something did not come true in time.
  case waitedInVain(String, seconds: Int)
  /// Something else came true.
  case wrong(String)

  var description: String {
    switch self {
    case .noReconciler(let path): "\(path) cannot be run; make build leaves it beside hub"
    case .api(let text): text
    case .waitedInVain(let what, let seconds): "waited \(seconds) s in vain: \(what)"
    case .wrong(let text): text
    }
  }
}
