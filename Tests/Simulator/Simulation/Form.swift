/// What a subscription of the simulation asks for: a small model of an OperatorSubscription with its own idea of what
/// matches, so that the engine is not judged by its own code.
struct Form: Equatable, CustomStringConvertible {
  struct Entry: Equatable, CustomStringConvertible {
    var resource: FakeCluster.Resource
    /// The value that the label `app` must have.
    var app: String?
    var isController = false
    /// The kind that the controlling owner must have.
    var ownerKind: String?
    var operations = ["Add", "Update", "Delete"]
    /// The names that the object may have; empty: all.
    var names: [String] = []
    var field: FieldRule?
    /// The paths whose change counts; empty: any.
    var changes: [String] = []
    /// What the simulation's second writer changes alone does not count.
    var ignoresRobot = false

    var description: String {
      "\(resource.kind)\(app.map { " app=" + $0 } ?? "")\(isController ? " controller" : "")"
        + "\(ownerKind.map { " owner=" + $0 } ?? "")\(operations.count < 3 ? " \(operations)" : "")"
        + "\(names.isEmpty ? "" : " named \(names)")\(field.map { " with \($0.text)" } ?? "")"
        + "\(changes.isEmpty ? "" : " changes \(changes)")\(ignoresRobot ? " ignores robot" : "")"
    }
  }

  /// A field selector.
  enum FieldRule: Equatable {
    case name(String)
    case notName(String)
    case namespace(String)

    var text: String {
      switch self {
      case .name(let name): "metadata.name=\(name)"
      case .notName(let name): "metadata.name!=\(name)"
      case .namespace(let name): "metadata.namespace=\(name)"
      }
    }

    func matches(namespace: String, name: String) -> Bool {
      switch self {
      case .name(let wanted): name == wanted
      case .notName(let unwanted): name != unwanted
      case .namespace(let wanted): namespace == wanted
      }
    }
  }

  /// The namespaces that count.
  enum Scope: Equatable {
    case own
    case everywhere
    /// Those whose label `team` has this value.
    case team(String)
  }

  var entries: [Entry]
  var scope = Scope.own
  var filter: FilterRule?
  /// An attribute that is added to each event.
  var region: String?
  /// Of the tenant's namespace.
  var account = "default"
  var isResourceMode = false
  var isSuspended = false
  var retry: Int?
  /// In seconds.
  var retryAfterMax: Int?
  var hasDeadLetters = false
  var concurrency = 4
  /// In seconds; nil for none.
  var resync: Int?
  var isSpread = false
  /// Where its events go; a new one is a new sink.
  var url: String
  /// What no rule depends on, to make an edit of it.
  var timeout = 30

  /// Where its dead letters go.
  var deadLetters: String? { hasDeadLetters ? url + "-dead" : nil }

  var description: String {
    "\(entries) \(scope)\(filter.map { " if \($0)" } ?? "")\(isResourceMode ? " Resource" : "")"
      + "\(region.map { " region=" + $0 } ?? "") as \(account)"
      + "\(isSuspended ? " suspended" : "") retry=\(retry.map(String.init) ?? "ever") concurrency=\(concurrency) "
      + "\(retryAfterMax.map { "retryAfterMax=\($0) " } ?? "")\(hasDeadLetters ? "with dead letters " : "")"
      + "\(resync.map { "resync=\($0)\(isSpread ? " spread" : "") " } ?? "")" + url
  }
}

/// A filter on the attributes of events (SEMANTICS 1), in one of the dialects.
enum FilterRule: Equatable {
  /// `cesql`.
  case names([String])
  /// `prefix`.
  case namePrefix(String)
  /// `exact`.
  case kind(String)
  /// `not` and `exact`.
  case notName(String)
  /// `suffix` of the type.
  case operation(String)
  /// `cesql`: its value follows the event's type too.
  case addsOr(name: String)

  /// It depends on nothing but the key, so that it works as membership does.
  var isStable: Bool {
    switch self {
    case .names, .namePrefix, .kind, .notName: true
    case .operation, .addsOr: false
    }
  }

  func passes(kind: String, name: String, operation: String) -> Bool {
    switch self {
    case .names(let names): names.contains(name)
    case .namePrefix(let prefix): name.hasPrefix(prefix)
    case .kind(let wanted): kind == wanted
    case .notName(let unwanted): name != unwanted
    case .operation(let wanted): operation == wanted
    case .addsOr(let wanted): operation == "add" || name == wanted
    }
  }
}
