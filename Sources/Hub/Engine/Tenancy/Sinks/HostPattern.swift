/// Which hosts of URLs a rule is about: `*` (any), `*.example.com` (any name below it) or a name. `{namespace}` stands for
/// the namespace of the subscription. `.svc` and `.svc.cluster.local` are the same.
public struct HostPattern: Hashable, Sendable, CustomStringConvertible {
  /// The word that stands for the namespace of the subscription.
  static let placeholder = "{namespace}"

  private enum Form: Hashable, Sendable {
    case any
    case below(String)
    case name(String)
  }

  private let form: Form
  private let hasPlaceholder: Bool
  /// As it was written.
  public let description: String

  /// Reads a pattern; nil if it is none. Addresses are none: they are the matter of `cidrs`.
  public init?(_ text: String) {
    description = text
    hasPlaceholder = text.contains(Self.placeholder)
    guard text != "*" else {
      form = .any
      return
    }
    let isSuffix = text.hasPrefix("*.")
    var name = text.dropFirst(isSuffix ? 2 : 0).lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    // A namespace is a label, so the placeholder must stand for a whole one.
    guard case .name = NetworkHost(Self.filled(name, "n")) else { return nil }
    form = isSuffix ? .below("." + Self.canonical(name)) : .name(Self.canonical(name))
  }

  private static func filled(_ text: String, _ namespace: String) -> String {
    text.split(separator: ".", omittingEmptySubsequences: false)
      .map { $0 == placeholder ? namespace : String($0) }.joined(separator: ".")
  }

  /// A name in its shortest form.
  private static func canonical(_ name: String) -> String {
    name.hasSuffix(".svc.cluster.local") ? String(name.dropLast(".cluster.local".utf8.count)) : name
  }

  /// Whether a host is one of these, for a subscription of this namespace.
  func matches(_ host: NetworkHost, namespace: String) -> Bool {
    if case .any = form { return true }
    guard case .name(let name) = host else { return false }
    let found = Self.canonical(name)
    switch form {
    case .any: return true
    case .below(let suffix):
      let suffix = hasPlaceholder ? Self.filled(suffix, namespace) : suffix
      return found.hasSuffix(suffix) && found.utf8.count > suffix.utf8.count
    case .name(let wanted): return found == (hasPlaceholder ? Self.filled(wanted, namespace) : wanted)
    }
  }
}

/// Which tenants a rule is for: a namespace, or with a `*` at its end all that begin so.
public struct NamespacePattern: Hashable, Sendable, CustomStringConvertible {
  private let isPrefix: Bool
  private let text: String

  /// Reads a pattern; nil if no namespace could match it.
  public init?(_ text: String) {
    isPrefix = text.hasSuffix("*")
    self.text = isPrefix ? String(text.dropLast()) : text
    // What stands before the * may end with a dash.
    guard text == "*" || NameSyntax.label.allows(isPrefix ? self.text + "x" : text) else { return nil }
  }

  /// As it was written.
  public var description: String { isPrefix ? text + "*" : text }

  func matches(_ namespace: String) -> Bool { isPrefix ? namespace.hasPrefix(text) : namespace == text }
}
