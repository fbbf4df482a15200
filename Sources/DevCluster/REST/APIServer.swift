import HTTP
import JSONScan

/// Answers requests from the store. Confined to the cluster's thread.
final class APIServer {
  let store: ClusterStore
  let configuration: DevClusterConfiguration
  let watches: WatchHub
  let tokens: TokenIssuer
  private let faults: DevClusterFaults
  private let owner: ThreadOwner
  /// Counts restarts; while it is down, connections are closed.
  private var life = 0
  private var isDown = false

  init(
    store: ClusterStore, configuration: DevClusterConfiguration, faults: DevClusterFaults, owner: ThreadOwner
  ) {
    self.owner = owner
    self.store = store
    self.configuration = configuration
    self.faults = faults
    tokens = TokenIssuer(store: store)
    watches = WatchHub(store: store, bookmarkMilliseconds: configuration.bookmarkMilliseconds)
  }

  /// Answers a request, unless a fault was ordered for it.
  func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
    if request.path == FaultRequestHandler.path { return orderFaults(request, responder) }
    if isDown { return responder.abort() }
    switch faults.verdict(on: request, responder) {
    case .none: answer(request, responder)
    case .delayed(let milliseconds):
      let life = life
      store.scheduler.after(milliseconds: milliseconds) { [weak self] in
        guard let self, self.life == life else { return responder.abort() }
        answer(request, responder)
      }
    case .fail(let error): responder.send(Answer.error(error))
    case .held: break
    }
  }

  func answer(_ request: HTTPRequest, _ responder: HTTPResponder) {
    do {
      try route(try admitted(request), responder)
    } catch {
      responder.send(Answer.error(error))
    }
  }

  private func orderFaults(_ request: HTTPRequest, _ responder: HTTPResponder) {
    do throws(APIError) {
      responder.send(try FaultRequestHandler(faults: faults, request: try admitted(request)).answer())
    } catch {
      responder.send(Answer.error(error))
    }
  }

  /// Cuts every watch and forgets who waits; without its data, everything else too.
  func restart(keepingData: Bool, downMilliseconds: Int) {
    life += 1
    watches.cut(plural: nil)
    if !keepingData {
      tokens.forgetAll()
      store.reset()
      InitialObjects.create(in: store)
    }
    isDown = downMilliseconds > 0
    guard isDown else { return }
    let life = life
    store.scheduler.after(milliseconds: downMilliseconds) { [weak self] in
      if self?.life == life { self?.isDown = false }
    }
  }

  /// The request with who sends it. Throws 401 or 403.
  private func admitted(_ http: HTTPRequest) throws(APIError) -> APIRequest {
    let authorizer = RoleAuthorizer(store: store)
    let user = try Authenticator(tokens: tokens, authorizer: authorizer).user(of: http.headers)
    let request = APIRequest(http, user: user)
    let asked = AccessRequest(request)
    let decision = authorizer.decide(asked, by: user)
    if !decision.isAllowed { throw asked.forbidden(to: user, reason: decision.reason) }
    if let failure = store.dataFile?.failure, http.method != "GET" {
      throw APIError(code: 500, reason: "InternalError", message: failure)
    }
    return request
  }

  /// Calls back when a stream's connection ends before the stream.
  func whenClosed(_ stream: HTTPBodyStream, _ work: @escaping () -> Void) {
    let confined = ThreadConfined(work, to: owner)
    stream.onClose { confined.value() }
  }

  func stop() { watches.cut(plural: nil) }

  private func route(_ request: APIRequest, _ responder: HTTPResponder) throws(APIError) {
    let discovery = DiscoveryReader(registry: store.registry)
    let openAPI = OpenAPIReader(registry: store.registry)
    switch RequestPath(request.http.path) {
    case .health: responder.send(.text(200, "ok"))
    case .version: responder.send(Answer.json(200, ServerVersion.json.serialized(pretty: true)))
    case .coreVersions: responder.send(discovery.core(request.accept))
    case .groups: responder.send(discovery.groups(request.accept))
    case .group(let group): responder.send(discovery.group(group) ?? Answer.pageNotFound)
    case .resources(let group, let version):
      responder.send(discovery.resources(group: group, version: version) ?? Answer.pageNotFound)
    case .openAPI2: responder.send(openAPI.version2(request.accept))
    case .openAPI3: responder.send(openAPI.version3())
    case .openAPI3Document(let group, let version):
      responder.send(openAPI.version3(group: group, version: version) ?? Answer.pageNotFound)
    case .collection(let location):
      guard let resource = find(location) else { return responder.send(Answer.pageNotFound) }
      try collection(request, resource, location.namespace, responder)
    case .object(let location, let name, let subresource):
      guard let resource = find(location) else { return responder.send(Answer.pageNotFound) }
      guard resource.namespaced == (location.namespace != nil) else {
        return responder.send(Answer.pageNotFound)
      }
      let target = ObjectTarget(resource: resource, namespace: location.namespace, name: name)
      let writer = ObjectHandler(store: store, tokens: tokens, request: request, target: target)
      guard let response = try writer.answer(subresource: subresource) else {
        return responder.send(Answer.pageNotFound)
      }
      responder.send(response)
    case .unknown: responder.send(Answer.pageNotFound)
    }
  }

  private func find(_ location: RequestPath.Location) -> ResourceDefinition? {
    guard
      let resource = store.registry.find(
        group: location.group, version: location.version, plural: location.plural)
    else { return nil }
    return location.namespace == nil || resource.namespaced ? resource : nil
  }

  private func collection(
    _ request: APIRequest, _ resource: ResourceDefinition, _ namespace: String?, _ responder: HTTPResponder
  ) throws(APIError) {
    switch request.http.method {
    case "POST" where resource.isReview && resource.namespaced == (namespace != nil):
      responder.send(
        try ReviewHandler(
          store: store, tokens: tokens, request: request, resource: resource, namespace: namespace
        ).answer())
    case _ where resource.isReview: throw .methodNotAllowed
    case "GET":
      let options = try ListOptions(request.query, resource)
      if options.isWatch {
        try WatchHandler(api: self, resource: resource, namespace: namespace, options: options)
          .begin(try Negotiation.form(request, .watch), responder)
      } else {
        let reader = ListReader(
          store: store, resource: resource, namespace: namespace, options: options,
          form: try Negotiation.form(request, .list))
        try list(reader, responder, waitedMilliseconds: 0)
      }
    case "POST" where resource.namespaced == (namespace != nil):
      responder.send(
        try CollectionHandler(store: store, request: request, resource: resource, namespace: namespace)
          .create())
    case "DELETE" where resource.namespaced == (namespace != nil) && resource.allowsDeleteCollection:
      responder.send(
        try CollectionHandler(store: store, request: request, resource: resource, namespace: namespace)
          .deleteAll())
    default: throw .methodNotAllowed
    }
  }

  /// How often a list that waits for a future version looks whether it has come.
  private static let versionPollMilliseconds = 50

  /// Answers a list; one of a version that has not come yet waits for it a while.
  private func list(
    _ reader: ListReader, _ responder: HTTPResponder, waitedMilliseconds: Int
  ) throws(APIError) {
    let version = try reader.options.version()
    guard version > store.version else {
      return responder.send(Answer.json(200, try reader.page()))
    }
    guard waitedMilliseconds < configuration.futureVersionWaitMilliseconds else {
      throw .versionTooLarge(version, current: store.version)
    }
    let pause = Self.versionPollMilliseconds
    store.scheduler.after(milliseconds: pause) { [weak self] in
      do throws(APIError) {
        try self?.list(reader, responder, waitedMilliseconds: waitedMilliseconds + pause)
      } catch {
        responder.send(Answer.error(error))
      }
    }
  }
}

/// A request with what all handlers read of it.
struct APIRequest {
  let http: HTTPRequest
  /// Who sends it, or whom the sender impersonates.
  let user: UserInfo
  /// The first value of each query parameter.
  let query: [String: String]
  /// What the answer warns of.
  let warnings = RequestWarnings()

  init(_ http: HTTPRequest, user: UserInfo = .administrator) {
    self.http = http
    self.user = user
    query = Dictionary(http.queryItems.map { ($0.name, $0.value) }) { first, _ in first }
  }

  var accept: String? { http.headers[first: "Accept"] }

  /// The media type of the body, without parameters; nil if not given.
  var contentType: String? {
    http.headers[first: "Content-Type"]?.split(separator: ";").first.map { Negotiation.trimmed($0) }
  }

  /// Who writes: the parameter, or the first part of the User-Agent.
  var manager: String {
    if let manager = query["fieldManager"], !manager.isEmpty { return manager }
    let agent = http.headers[first: "User-Agent"] ?? ""
    return agent.split(separator: "/").first.map { String($0.prefix(128)) } ?? "unknown"
  }

  /// Throws 400 for an unknown directive.
  func fieldValidation() throws(APIError) -> FieldValidation {
    guard let text = query["fieldValidation"], !text.isEmpty else { return .warn }
    guard let directive = FieldValidation(rawValue: text) else {
      throw APIError(
        code: 422, reason: "Invalid",
        message:
          "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"\(text)\": "
          + "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"")
    }
    return directive
  }

  /// An answer in JSON, with the warnings so far.
  func answer(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
    var response = Answer.json(status, body)
    for warning in warnings.texts {
      let quoted = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      response.headers.add("Warning", "299 - \"\(quoted)\"")
    }
    return response
  }

  /// Throws 422 for a dry run of another kind than `All`.
  func isDryRun() throws(APIError) -> Bool {
    guard let dryRun = query["dryRun"], !dryRun.isEmpty else { return false }
    guard dryRun == "All" else {
      throw APIError(
        code: 422, reason: "Invalid",
        message: "dryRun: Unsupported value: \"\(dryRun)\": supported values: \"All\"")
    }
    return true
  }
}

/// What becomes of members that a type or schema does not have, and of names that come twice.
enum FieldValidation: String { case ignore = "Ignore", warn = "Warn", strict = "Strict" }

/// Collects what the answer to a request warns of (RFC 9111 `Warning: 299`). Confined to the cluster's thread.
final class RequestWarnings {
  private(set) var texts: [String] = []

  func add(_ text: String) { texts.append(text) }
}

/// Answers as a kube-apiserver frames them.
enum Answer {
  static let pageNotFound = HTTPResponse(
    status: 404,
    headers: ["Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"],
    body: Array("404 page not found\n".utf8))

  static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: ["Cache-Control": "no-cache, private", "Content-Type": "application/json"], body: body)
  }

  static func error(_ error: APIError) -> HTTPResponse {
    // Recorded: this one answer is indented.
    var response = json(error.code, error.status.serialized(pretty: error.code == 406))
    if let seconds = error.details?.retryAfterSeconds { response.headers.set("Retry-After", String(seconds)) }
    return response
  }
}

/// `/version`.
enum ServerVersion {
  static let json: JSONValue = [
    "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35", "gitVersion": "v1.36.2+frugalhub.devcluster", "gitCommit": "unknown",
    "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swiftc",
    "platform": "linux/amd64",
  ]
}
