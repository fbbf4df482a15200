import JSONScan
import Kubernetes

/// A reflector in virtual time, its actions put into words, and the set of objects that follows from them.
struct ReflectorHarness {
  static let second: UInt64 = 1_000_000_000

  private(set) var reflector: Reflector
  private(set) var objects = ObjectsByActions()
  /// Monotonic nanoseconds; does not begin at zero, so that confusing time and duration shows.
  var now: UInt64 = 1_000 * second
  /// The open request.
  private(set) var request: UInt32?
  private(set) var target = ""
  private(set) var streaming = false
  private(set) var deadlineSeconds = 0
  /// Whether actions are put into words.
  var isLogging = true
  /// Actions since they were last taken.
  private var log: [String] = []

  init(
    seed: UInt64 = 1, resume version: String? = nil, start: Bool = true, streams: Bool = false,
    _ adjust: (inout ReflectorConfiguration) -> Void = { _ in }
  ) {
    var configuration = ReflectorConfiguration(path: "/api/v1/configmaps")
    configuration.streamsLists = streams
    adjust(&configuration)
    reflector = Reflector(configuration, seed: seed)
    guard start else { return }
    perform(version.map { reflector.resume(from: $0, at: now) } ?? reflector.start(at: now))
  }

  /// The actions in words since this was last asked for.
  mutating func actions() -> [String] {
    defer { log = [] }
    return log
  }

  mutating func handle(_ input: ReflectorInput) { perform(reflector.handle(input, at: now)) }
  mutating func stop() { perform(reflector.stop()) }
  mutating func start() { perform(reflector.start(at: now)) }
  mutating func advance(seconds: Double) { now += UInt64(seconds * 1e9) }

  /// Milliseconds until the next attempt; nil unless it waits for one.
  var wait: UInt64? {
    guard case .waiting = reflector.phase else { return nil }
    return reflector.nextDeadline.map { ($0 - min($0, now)) / 1_000_000 }
  }

  /// Seconds until the connection counts as dead; nil without an open request.
  var patience: Double? {
    guard request != nil else { return nil }
    return reflector.nextDeadline.map { Double($0 - now) / 1e9 }
  }

  /// Goes to the deadline, if there is one, and tells it.
  mutating func runDeadline() {
    guard let deadline = reflector.nextDeadline else { return }
    now = deadline
    handle(.deadline)
  }

  /// Answers the open request as a whole.
  mutating func answer(_ status: Int, _ body: String, retryAfter: Int? = nil) {
    guard let request else { return }
    handle(.head(request: request, status: status, retryAfterSeconds: retryAfter))
    if !body.isEmpty { handle(.bytes(request: request, Array(body.utf8))) }
    end()
  }

  mutating func answerStatus(_ code: Int, _ reason: String, details: String = "{}", retryAfter: Int? = nil) {
    answer(code, KubeText.status(code, reason, details: details), retryAfter: retryAfter)
  }

  /// Opens the watch that is asked for.
  mutating func open() {
    guard let request else { return }
    handle(.head(request: request, status: 200, retryAfterSeconds: nil))
  }

  mutating func bytes(_ text: String) {
    guard let request else { return }
    handle(.bytes(request: request, Array(text.utf8)))
  }

  mutating func end(_ end: ReflectorTransferEnd = .complete) {
    guard let request else { return }
    // The transfer is over before the reflector hears of it.
    self.request = nil
    handle(.ended(request: request, end))
  }

  private mutating func perform(_ actions: [ReflectorAction]) {
    for action in actions {
      switch action {
      case .request(let id, let target, let streaming, let deadline):
        objects.check(request == nil, "a second request is open")
        (request, self.target, self.streaming, deadlineSeconds) = (id, target, streaming, deadline)
      case .cancel(let id):
        objects.check(request == id, "cancels what is not open")
        request = nil
      case .listBegan, .listed, .streamed, .listCompleted, .listAborted, .changed:
        objects.apply(action)
      }
      if isLogging { log.append(KubeText.words(action)) }
    }
  }
}

/// What an API server would send.
enum KubeText {
  static func object(_ name: String, _ version: Int, uid: Int = 1) -> String {
    #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\#(name)","namespace":"n","uid":"uid-\#(uid)","resourceVersion":"\#(version)"}}"#
  }

  static func event(_ type: String, _ name: String, _ version: Int, uid: Int = 1) -> String {
    #"{"type":"\#(type)","object":\#(object(name, version, uid: uid))}"# + "\n"
  }

  static func bookmark(_ version: Int) -> String {
    #"{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"}}}"#
      + "\n"
  }

  /// The bookmark that ends the initial events of a streaming list.
  static func listEnd(_ version: Int) -> String {
    #"{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
      + "\n"
  }

  static func error(_ code: Int, _ reason: String, details: String = "{}") -> String {
    #"{"type":"ERROR","object":\#(status(code, reason, details: details))}"# + "\n"
  }

  static func status(_ code: Int, _ reason: String, details: String = "{}") -> String {
    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"words","reason":"\#(reason)","details":\#(details),"code":\#(code)}"#
  }

  static func list(_ version: String, _ objects: [String], continue token: String = "") -> String {
    let metadata = #"{"resourceVersion":"\#(version)","continue":"\#(token)"}"#
    return
      #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":\#(metadata),"items":[\#(objects.joined(separator: ","))]}"#
  }

  static let tooLarge = #"{"causes":[{"reason":"ResourceVersionTooLarge"}],"retryAfterSeconds":1}"#

  static func words(_ action: ReflectorAction) -> String {
    switch action {
    case .request(let id, let target, let streaming, _):
      return "request \(id) \(streaming ? "watch" : "page") \(target)"
    case .cancel(let id): return "cancel \(id)"
    case .listBegan(let reason): return "listBegan \(reason)"
    case .listed(let bytes, let page):
      return (["listed"] + page.items.map { identity($0, in: bytes) }).joined(separator: " ")
    case .streamed(let bytes, let lines): return "streamed " + words(lines, in: bytes)
    case .listCompleted(let version, let newEpoch):
      return "listCompleted \(version)" + (newEpoch ? " newEpoch" : "")
    case .listAborted: return "listAborted"
    case .changed(let bytes, let lines): return words(lines, in: bytes)
    }
  }

  private static func words(_ lines: [WatchLine], in bytes: [UInt8]) -> String {
    lines.map { line in
      switch line {
      case .added(let head): "added " + identity(head, in: bytes)
      case .modified(let head): "modified " + identity(head, in: bytes)
      case .deleted(let head): "deleted " + identity(head, in: bytes)
      case .bookmark(let version, _): "bookmark " + version
      case .error: "an error that must not be here"
      }
    }.joined(separator: ", ")
  }

  static func identity(_ head: ObjectHead, in bytes: [UInt8]) -> String {
    "\(head.name?.string(in: bytes) ?? "?")@\(head.resourceVersion?.string(in: bytes) ?? "?")"
  }
}

/// The objects that a receiver of the actions knows, and whether the actions come in a sensible order.
struct ObjectsByActions {
  /// The uid and version by name.
  private(set) var known: [String: String] = [:]
  private(set) var faults: [String] = []
  private var marks: Set<String>?
  private var listVersion: Int?

  mutating func check(_ holds: Bool, _ fault: String) {
    if !holds { faults.append(fault) }
  }

  mutating func apply(_ action: ReflectorAction) {
    switch action {
    case .request, .cancel:
      break
    case .listBegan:
      check(marks == nil, "a list within a list")
      marks = []
    case .listed(let bytes, let page):
      check(marks != nil, "a page outside of a list")
      for item in page.items {
        put(item, in: bytes)
        marks?.insert(item.name?.string(in: bytes) ?? "")
      }
    case .streamed(let bytes, let lines):
      check(marks != nil, "items outside of a list")
      for line in lines { gather(line, in: bytes) }
    case .listAborted:
      check(marks != nil, "aborts without a list")
      marks = nil
    case .listCompleted(let version, let newEpoch):
      check(marks != nil, "completes without a list")
      if let marks { known = known.filter { marks.contains($0.key) } }
      marks = nil
      let number = Int(version) ?? 0
      check(
        newEpoch == (number < listVersion ?? 0),
        "newEpoch is \(newEpoch) from \(listVersion ?? 0) to \(number)")
      listVersion = number
    case .changed(let bytes, let lines):
      check(marks == nil, "changes within a list")
      for line in lines { apply(line, in: bytes) }
    }
  }

  private mutating func gather(_ line: WatchLine, in bytes: [UInt8]) {
    switch line {
    case .added(let head), .modified(let head):
      put(head, in: bytes)
      marks?.insert(head.name?.string(in: bytes) ?? "")
    case .deleted(let head):
      known[head.name?.string(in: bytes) ?? ""] = nil
      marks?.remove(head.name?.string(in: bytes) ?? "")
    case .bookmark, .error: check(false, "a bookmark or an error among the items")
    }
  }

  private mutating func apply(_ line: WatchLine, in bytes: [UInt8]) {
    switch line {
    case .added(let head), .modified(let head):
      put(head, in: bytes)
      moveOn(head.resourceVersion?.string(in: bytes))
    case .deleted(let head):
      known[head.name?.string(in: bytes) ?? ""] = nil
      moveOn(head.resourceVersion?.string(in: bytes))
    case .bookmark(let version, _): moveOn(version)
    case .error: check(false, "an error among the changes")
    }
  }

  private mutating func moveOn(_ version: String?) {
    let number = version.flatMap { Int($0) } ?? 0
    check(number >= listVersion ?? 0, "a version went back from \(listVersion ?? 0) to \(number)")
    listVersion = number
  }

  private mutating func put(_ head: ObjectHead, in bytes: [UInt8]) {
    known[head.name?.string(in: bytes) ?? ""] =
      "\(head.uid?.string(in: bytes) ?? "")@\(head.resourceVersion?.string(in: bytes) ?? "")"
  }
}
