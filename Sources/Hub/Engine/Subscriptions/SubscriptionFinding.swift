import JSONScan

/// One thing that is wrong with a subscription: where, what, and what to do.
public struct SubscriptionFinding: Error, Hashable, Sendable, CustomStringConvertible {
  /// The way to the field from the object; empty for the object itself.
  public let path: [JSONPathStep]
  /// What is wrong there.
  public let fault: SubscriptionFault
  /// The byte offset in the text, of the value or, where a member is missing, of the object that lacks it;
  /// nil if it could not be found.
  public var offset: Int?

  /// A finding at a path.
  public init(path: [JSONPathStep], fault: SubscriptionFault, offset: Int? = nil) {
    self.path = path
    self.fault = fault
    self.offset = offset
  }

  /// The path as people write it: `spec.resources[0].kind`; `(object)` for the object itself.
  public var field: String {
    if path.isEmpty { return "(object)" }
    return path.reduce(into: "") { text, step in
      switch step {
      case .element(let index): text += "[\(index)]"
      case .member(let name) where ShownText.isPlainName(name): text += (text.isEmpty ? "" : ".") + name
      case .member(let name): text += "[\"" + ShownText.onOneLine(ShownText.clipped(name)) + "\"]"
      }
    }
  }

  /// What is wrong, on one line.
  public var reason: String { ShownText.onOneLine(fault.reason) }
  /// What to do about it, on one line.
  public var remedy: String { ShownText.onOneLine(fault.remedy) }
  /// `field: reason; remedy`.
  public var description: String { "\(field): \(reason); \(remedy)" }
}

/// Everything that is wrong with one object, and which object it is as far as that could be read.
public struct SubscriptionRefusal: Error, Hashable, Sendable {
  /// The object's namespace, if it has a valid one.
  public var namespace: String?
  /// The object's name, if it has a valid one.
  public var name: String?
  /// The identity as `OperatorSubscription.uid`, if it is known.
  public var uid: String?
  /// `metadata.generation`; 0 where there is none.
  public var generation: Int64
  /// At least one, in the order of the text's fields as the parser visits them.
  public var findings: [SubscriptionFinding]

  /// A refusal for these reasons.
  public init(
    namespace: String? = nil, name: String? = nil, uid: String? = nil, generation: Int64 = 0,
    findings: [SubscriptionFinding]
  ) {
    self.namespace = namespace
    self.name = name
    self.uid = uid
    self.generation = generation
    self.findings = findings
  }

  /// The findings in one sentence for a condition's message; at most `most` of them are written out.
  public func message(most: Int = 8) -> String {
    let shown = findings.prefix(most).map(\.description).joined(separator: " | ")
    return findings.count > most ? shown + " | and \(findings.count - most) more" : shown
  }
}

/// An object of a file that is none of ours: neither our group nor our kind.
public struct OtherObject: Hashable, Sendable {
  /// As the file has it.
  public let apiVersion: String
  /// As the file has it.
  public let kind: String
}

extension SubscriptionRefusal {
  /// The object, if all that is wrong is that it is something else: what stands beside subscriptions in a file of manifests.
  /// One whose group or kind is ours, or has none, is a subscription with a fault.
  public var otherObject: OtherObject? {
    guard findings.count == 2, case .otherObject(let apiVersion, _) = findings[0].fault,
      case .otherObject(let kind, _) = findings[1].fault,
      apiVersion.prefix(while: { $0 != "/" }) != SubscriptionParser.apiVersion.prefix(while: { $0 != "/" }),
      kind.lowercased() != SubscriptionParser.kind.lowercased()
    else { return nil }
    return OtherObject(apiVersion: apiVersion, kind: kind)
  }
}

/// Text from a user's file inside a message of ours: short, and on one line.
enum ShownText {
  /// Longer texts are cut, so that one value cannot fill a log or a status.
  static let maxCharacters = 64

  static func clipped(_ text: String) -> String {
    text.count <= maxCharacters ? text : text.prefix(maxCharacters) + "…"
  }

  static func quoted(_ text: String) -> String { "'" + clipped(text) + "'" }

  /// Control characters and line separators as escapes.
  static func onOneLine(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= maxCharacters
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: "-")
      }
  }

  /// `a, b or c`.
  static func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
