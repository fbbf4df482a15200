/// What keeps a reflector from following, for as long as it does.
public enum ReflectorObstacle: Sendable, Equatable {
  /// The kind is not served.
  case notServed
  /// The hub may not read it; the server's words.
  case forbidden(String)
  /// It fails again and again; the last reason.
  case failing(ReflectorProblem)

  /// Whether both say the same but for the words.
  public func isAlike(_ other: ReflectorObstacle?) -> Bool {
    switch (self, other) {
    case (.notServed, .notServed), (.forbidden, .forbidden), (.failing, .failing): true
    case (.notServed, _), (.forbidden, _), (.failing, _): false
    }
  }
}

/// What a reflector met last that kept it from following; the description says what to do about it.
public enum ReflectorProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// 404: the kind is not served (yet).
  case notServed
  /// 403, with the server's words.
  case forbidden(String)
  /// 401, with the server's words.
  case unauthorized(String)
  /// Nobody listens at the API server's address.
  case refused
  /// The transfer broke.
  case transfer(String)
  /// 429, 503 or the like: the server asks for patience, in seconds if it said how long.
  case overloaded(status: Int, retryAfterSeconds: Int?)
  /// 410: the version or the continue token is too old.
  case expired
  /// 504: the version is larger than any the server knows.
  case versionTooLarge
  /// A watch's version went from one to a lower one.
  case versionWentBack(from: String, to: String)
  /// A line of a watch or a page is not what Kubernetes sends.
  case malformed(WatchDecodeError)
  /// A watch line over the limit, in bytes.
  case lineTooLong(limit: Int)
  /// A page over the limit, in bytes.
  case pageTooLarge(limit: Int)
  /// A list came without a usable version.
  case listWithoutVersion
  /// A page led back to itself.
  case continueLoop
  /// A watch ended at once without an event.
  case shortWatch
  /// A whole watch passed without an event or bookmark.
  case silentWatch
  /// Nothing came for so long that the connection counts as dead.
  case silentConnection(seconds: Int)
  /// The server does not give lists as streams, or not as it should; why.
  case noStreamingLists(String)
  /// Any other error the server gave: status code and its words.
  case server(status: Int, String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notServed:
      "the API server does not serve this kind (404): install its CRD or correct apiVersion and kind"
    case .forbidden(let message):
      "not allowed (403): \(message); grant get, list and watch to the hub's service account"
    case .unauthorized(let message):
      "not authenticated (401): \(message); check the hub's token or certificate"
    case .refused:
      "connection refused: the API server is not up, or its address is wrong"
    case .transfer(let reason):
      "the connection to the API server broke: \(reason); it is tried again"
    case .overloaded(let status, let seconds):
      "the API server asks for patience (\(status)"
        + (seconds.map { ", Retry-After \($0) s" } ?? "") + "): it is tried again"
    case .expired:
      "the version is too old for the API server (410): the resource is listed again"
    case .versionTooLarge:
      "the API server has not reached the recorded version (504): if that lasts, etcd was restored from a backup"
    case .versionWentBack(let from, let to):
      "the watch went back from version \(from) to \(to): the resource is listed again"
    case .malformed(let error):
      "the answer is not what a Kubernetes API server sends (\(error)): check that the address is one, and no proxy"
        + " answers in its place"
    case .lineTooLong(let limit):
      "a watch line is longer than \(limit) bytes: raise the limit or make the object smaller"
    case .pageTooLarge(let limit):
      "a page is larger than \(limit) bytes: it is asked for again with half the objects"
    case .listWithoutVersion:
      "the list has no usable resourceVersion: this API cannot be watched; ask its maintainers"
    case .continueLoop:
      "the list's continue token leads to the same page again: this API cannot be listed; ask its maintainers"
    case .shortWatch:
      "the watch ended at once without an event: check proxies between the hub and the API server"
    case .silentWatch:
      "a whole watch passed without an event or bookmark: the resource is listed to be sure"
    case .silentConnection(let seconds):
      "nothing came from the API server for \(seconds) s: the connection counts as dead and a new one is made"
    case .noStreamingLists(let reason):
      "the API server gives no streaming list (\(reason)): the resource is listed in pages"
    case .server(let status, let message):
      "the API server answered \(status): \(message); it is tried again"
    }
  }
}
