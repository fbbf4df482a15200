/// Why a kubeconfig gives no access. Messages name the file, the place and the field, never a secret.
public enum KubeconfigError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file that cannot be read; `setting` says who named it.
  case unreadable(setting: String, path: String, reason: String)
  /// None of the files is there.
  case noFile(setting: String, paths: [String])
  /// The text is no YAML or JSON; the place is within `reason`.
  case syntax(path: String, reason: String)
  /// A value that cannot be used.
  case field(place: String, field: String, Fault)
  /// No context is chosen.
  case noCurrentContext(path: String, contexts: [String])
  /// The chosen context does not exist.
  case unknownContext(String, path: String, contexts: [String])

  /// What is wrong with a field.
  public enum Fault: Equatable, Sendable {
    /// The value has another type.
    case wrongType(wanted: String, found: String)
    /// The field is missing, or empty.
    case missing(remedy: String)
    /// Two entries of one name.
    case duplicate(String)
    /// There is no cluster or user of this name.
    case unknown(kind: String, name: String, known: [String])
    /// Not base64.
    case badBase64
    /// Not what it must be, in PEM form.
    case notPEM(wanted: String, where: String)
    /// A key that only a passphrase opens.
    case encryptedKey(where: String)
    /// A file that the field names cannot be read.
    case unreadableFile(path: String, reason: String)
    /// A file without a token in it.
    case noToken(path: String)
    /// Not the URL of an API server.
    case badServer(String)
    /// Not the URL of a proxy.
    case badProxy
    /// It cannot stand beside another field.
    case conflict(with: String, remedy: String)
    /// A value that is none of those there are.
    case badChoice(String, choices: [String])
    /// Nothing that can be sent in a header.
    case notSendable
    /// The hub does not serve this.
    case notServed(remedy: String)
  }

  /// There was nothing to judge.
  public var isUnreadable: Bool {
    switch self {
    case .unreadable, .noFile: true
    case .syntax, .field, .noCurrentContext, .unknownContext: false
    }
  }

  /// One sentence for people.
  public var description: String {
    switch self {
    case .unreadable(let setting, let path, let reason): "\(setting): cannot read \(path): \(reason)"
    case .noFile(let setting, let paths):
      "\(setting): there is no such file: \(paths.joined(separator: ", ")); name a kubeconfig, or unset \(setting)"
    case .syntax(let path, let reason): "\(path):\(reason)"
    case .field(let place, let field, let fault): "\(place): \(field): \(fault.sentence)"
    case .noCurrentContext(let path, let contexts):
      "\(path): no current-context; " + Self.choice(contexts, else: "the file has no contexts either")
    case .unknownContext(let name, let path, let contexts):
      "\(path): there is no context \"\(name)\"; " + Self.choice(contexts, else: "the file has no contexts")
    }
  }

  private static func choice(_ contexts: [String], else text: String) -> String {
    contexts.isEmpty ? text : "choose one with --context: " + KubeconfigError.list(contexts)
  }

  /// Names for a message: not hundreds of them.
  static func list(_ names: [String]) -> String {
    let shown = names.sorted().prefix(10).joined(separator: ", ")
    return names.count > 10 ? shown + ", …" : shown
  }
}

extension KubeconfigError.Fault {
  /// The end of the message: what is wrong, and what to do.
  var sentence: String {
    switch self {
    case .wrongType(let wanted, let found):
      "must be \(wanted), is \(found)" + (wanted == "a string" && found != "an object" ? "; quote it" : "")
    case .missing(let remedy): "is missing; \(remedy)"
    case .duplicate(let name): "the name \"\(name)\" comes twice; remove one of the two"
    case .unknown(let kind, let name, let known):
      "there is no \(kind) \"\(name)\"; there "
        + (known.isEmpty ? "are none" : "is " + KubeconfigError.list(known))
    case .badBase64: "is not base64; copy the value again, in one piece"
    case .notPEM(let wanted, let place): "\(place) holds no \(wanted) in PEM form (-----BEGIN …-----)"
    case .encryptedKey(let place):
      "the key in \(place) is encrypted, and nobody is there to type a passphrase; store it decrypted"
    case .unreadableFile(let path, let reason): "cannot read \(path): \(reason)"
    case .noToken(let path): "\(path) does not hold a token; write one into it, and nothing else"
    case .badServer(let url):
      "\"\(url)\" is not the URL of an API server; write for example https://10.0.0.1:6443"
    case .badProxy: "is not an http://, https:// or socks5:// URL"
    case .conflict(let other, let remedy): "cannot stand beside \(other); \(remedy)"
    case .badChoice(let value, let choices): "\"\(value)\" is not one of \(choices.joined(separator: ", "))"
    case .notSendable: "cannot be sent: it has characters that no header may carry"
    case .notServed(let remedy): "cannot be used by the hub; \(remedy)"
    }
  }
}
