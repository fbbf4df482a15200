import HTTP
import JSONScan
import Synchronization

/// The API server, for a reconciler: it reads what it needs when it needs it, and keeps nothing.
///
/// Writes name the component as `fieldManager`. There are no retries here: what fails is answered to the hub, which
/// waits and sends the event again, so that a sleeping reconciler need not stay awake to try again.
public final class KubernetesAPI: Sendable {
  /// Where it is and who asks.
  public let configuration: KubernetesConfiguration
  let clock: Clock
  let log: ReconcilerLog
  let correlator = Mutex(EventCorrelator())
  private let client: HTTPClientThread
  private let token: BearerToken?
  private let authority: AuthorityFile?

  /// The number of objects asked for in one page of a list.
  static let pageSize = 500
  /// The number of pages after which a list is given up: no reconciler should hold so much.
  static let maxPages = 100

  /// A client with a thread and connections of its own.
  public convenience init(_ configuration: KubernetesConfiguration, log: ReconcilerLog = .standard) {
    self.init(configuration, log: log, clock: .system)
  }

  init(_ configuration: KubernetesConfiguration, log: ReconcilerLog, clock: Clock) {
    self.configuration = configuration
    self.log = log
    self.clock = clock
    client = HTTPClientThread()
    token = configuration.tokenFile.map(BearerToken.init(path:))
    authority = configuration.caFile.map(AuthorityFile.init(path:))
  }

  /// Ends the thread and closes the connections; requests afterwards fail.
  public func stop() {
    client.stop()
  }

  /// Reads one object.
  public func get(
    _ resource: KubernetesResource, namespace: String, name: String
  ) async throws(KubernetesError) -> JSONValue {
    try await send("GET", resource.path(namespace: namespace, name: name))
  }

  /// Reads one object; nil if it does not exist.
  public func find(
    _ resource: KubernetesResource, namespace: String, name: String
  ) async throws(KubernetesError) -> JSONValue? {
    do {
      return try await get(resource, namespace: namespace, name: name)
    } catch .notFound {
      return nil
    } catch {
      throw error
    }
  }

  /// Reads all objects of a namespace (of the cluster, if it is empty) that a label selector matches, page by page.
  public func list(
    _ resource: KubernetesResource, namespace: String, labelSelector: String? = nil
  ) async throws(KubernetesError) -> [JSONValue] {
    let selector = labelSelector.map { "&labelSelector=" + PathSegment.encode($0) } ?? ""
    let target = "\(resource.path(namespace: namespace))?limit=\(Self.pageSize)\(selector)"
    var items: [JSONValue] = []
    var next = ""
    for _ in 0..<Self.maxPages {
      let page = try await send("GET", target + next)
      items += page["items"]?.array ?? []
      guard let token = page["metadata"]?["continue"]?.string, !token.isEmpty else { return items }
      next = "&continue=" + PathSegment.encode(token)
    }
    throw .other(
      status: 200, "the list has more than \(Self.maxPages * Self.pageSize) objects: narrow it down")
  }

  /// Creates an object in the namespace that its metadata names; returns it as stored.
  public func create(
    _ object: JSONValue, as resource: KubernetesResource
  ) async throws(KubernetesError) -> JSONValue {
    let path = resource.path(namespace: Self.namespace(of: object))
    return try await send("POST", path + manager, body: object, type: Self.json)
  }

  /// Replaces an object. If its metadata carries a resourceVersion, only that version is replaced, else `conflict`
  /// is thrown.
  public func update(
    _ object: JSONValue, as resource: KubernetesResource
  ) async throws(KubernetesError) -> JSONValue {
    let path = resource.path(namespace: Self.namespace(of: object), name: Self.name(of: object))
    return try await send("PUT", path + manager, body: object, type: Self.json)
  }

  /// Replaces an object's status through its status subresource; everything else in `object` is ignored.
  public func updateStatus(
    _ object: JSONValue, as resource: KubernetesResource
  ) async throws(KubernetesError) -> JSONValue {
    let path = resource.path(
      namespace: Self.namespace(of: object), name: Self.name(of: object), subresource: "status")
    return try await send("PUT", path + manager, body: object, type: Self.json)
  }

  /// Merges members into an object (RFC 7386): null removes, arrays are replaced.
  public func patch(
    _ resource: KubernetesResource, namespace: String, name: String, subresource: String? = nil,
    merging change: JSONValue
  ) async throws(KubernetesError) -> JSONValue {
    let path = resource.path(namespace: namespace, name: name, subresource: subresource)
    return try await send("PATCH", path + manager, body: change, type: "application/merge-patch+json")
  }

  private static let json = "application/json"
  private var manager: String { "?fieldManager=" + PathSegment.encode(configuration.component) }

  private static func namespace(of object: JSONValue) -> String {
    object["metadata"]?["namespace"]?.string ?? ""
  }

  private static func name(of object: JSONValue) -> String {
    object["metadata"]?["name"]?.string ?? ""
  }

  private func send(
    _ method: String, _ target: String, body: JSONValue? = nil, type: String? = nil
  ) async throws(KubernetesError) -> JSONValue {
    var headers = HTTPHeaders([("Accept", Self.json), ("User-Agent", configuration.component)])
    if let type { headers.set("Content-Type", type) }
    let answer = try await authorized(try request(method, target, headers, body))
    guard (200..<300).contains(answer.status) else { throw KubernetesError(answer: answer) }
    do {
      return try JSONValue(parsing: answer.body)
    } catch {
      throw .other(status: answer.status, "the API server's answer is not JSON: \(error)")
    }
  }

  /// Sends with the token of the file; once more if that is refused and the file has another by now.
  private func authorized(_ request: HTTPClientRequest) async throws(KubernetesError) -> HTTPResponse {
    guard let token else { return try await answer(to: request) }
    var request = request
    guard let value = token.value(at: clock.monotonic()) else {
      throw .unauthorized("the token file can't be read")
    }
    request.headers.set("Authorization", "Bearer " + value)
    let first = try await answer(to: request)
    guard first.status == 401 else { return first }
    token.invalidate()
    guard let fresh = token.value(at: clock.monotonic()), fresh != value else {
      // The next request looks again.
      token.invalidate()
      return first
    }
    request.headers.set("Authorization", "Bearer " + fresh)
    return try await answer(to: request)
  }

  private func answer(to request: HTTPClientRequest) async throws(KubernetesError) -> HTTPResponse {
    do {
      return try await client.send(request)
    } catch {
      if case .tls = error { authority?.invalidate() }
      throw KubernetesError(failure: error)
    }
  }

  private func request(
    _ method: String, _ target: String, _ headers: HTTPHeaders, _ body: JSONValue?
  ) throws(KubernetesError) -> HTTPClientRequest {
    var request = HTTPClientRequest(
      method: method, url: configuration.url + target, headers: headers, body: body?.serialized())
    request.deadlineMilliseconds = configuration.deadlineMilliseconds
    request.maxBodyBytes = configuration.maxBodyBytes
    if let authority {
      guard let certificates = authority.certificates(at: clock.monotonic()) else {
        throw .unavailable("no certificate in the authority file \(authority.path)", retryAfterSeconds: nil)
      }
      request.tls = HTTPClientTLS()
      request.tls?.caCertificates = certificates
    }
    return request
  }
}
