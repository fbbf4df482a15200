import JSONScan
import Kubernetes
import YAML

/// What can be wrong with a field of a subscription.
public enum SubscriptionFault: Hashable, Sendable {
  /// The text is not JSON.
  case notJSON(String)
  /// The text is not YAML, or more of it than is read.
  case yaml(YAMLError.Reason)
  /// No file holds an object of ours.
  case noSubscription
  /// The file or the object is too big.
  case tooBig(found: Int, limit: Int)
  /// No such field; what was probably meant.
  case unknownField(suggestion: String?)
  /// A field of this API version that this version of the hub does not serve.
  case notServed
  /// The field is missing; what to write.
  case required(remedy: String)
  /// A value of the wrong JSON type.
  case wrongType(expected: JSONKind, found: JSONKind)
  /// A number with a fraction, an exponent, or beyond 64 bits.
  case notWhole(String)
  /// A number, or a duration, outside of its range.
  case outOfRange(found: String, low: String, high: String)
  /// An array with too many elements.
  case tooMany(found: Int, limit: Int)
  /// An empty array; what to write.
  case nothingListed(remedy: String)
  /// A word that is none of the choices.
  case notOneOf(found: String, choices: [String])
  /// The same element twice.
  case repeated(String)
  /// A text that breaks a rule of Kubernetes names.
  case syntax(found: String, rule: NameSyntax)
  /// Not a path into an object.
  case path(ChangePathFault)
  /// Not a duration.
  case duration(DurationFault)
  /// Not a URL for a sink.
  case uri(SinkURIFault)
  /// Not a filter of a CloudEvents dialect.
  case filter(FilterFault)
  /// Not an attribute of an event, or not one that may be set.
  case attribute(AttributeFault)
  /// Not a field selector that can be followed.
  case fieldSelector(FieldSelectorError)
  /// Not a label selector; what is wrong with it.
  case selector(String)
  /// An object of another type.
  case otherObject(found: String, expected: String)
  /// A sink that the policy forbids.
  case sinkNotAllowed(SinkObjection)
  /// Not a block of addresses.
  case addressRange(AddressRangeFault)
  /// Two objects with one name; where the other one is.
  case nameTaken(by: String)
  /// The cluster that it is to be applied to lacks something.
  case cluster(ClusterFault)

  var isAboutSecrets: Bool {
    if case .sinkNotAllowed(let objection) = self { objection.reason == "SecretsNotAllowed" } else { false }
  }

  /// What is wrong.
  public var reason: String {
    switch self {
    case .notJSON(let sentence): "not JSON: \(sentence)"
    case .yaml(let reason): reason.sentence
    case .noSubscription: "there is no \(SubscriptionParser.kind)"
    case .tooBig(let found, let limit): "has \(found) bytes, and \(limit) is the limit"
    case .unknownField: "unknown field"
    case .notServed: "not served by this version"
    case .required: "required"
    case .wrongType(let expected, let found): "is \(found.withArticle), not \(expected.withArticle)"
    case .notWhole(let text): "is \(ShownText.clipped(text)), not a whole number"
    case .outOfRange(let found, let low, let high): "is \(found), not from \(low) to \(high)"
    case .tooMany(let found, let limit): "has \(found) entries, and \(limit) is the limit"
    case .nothingListed: "is empty"
    case .notOneOf(let found, let choices):
      "is \(ShownText.quoted(found)), not \(ShownText.alternatives(choices))"
    case .repeated(let text): "\(ShownText.quoted(text)) stands there twice"
    case .syntax(let found, let rule): "\(ShownText.quoted(found)) is not \(rule.noun)"
    case .path(let fault): fault.reason
    case .duration(let fault): fault.reason
    case .uri(let fault): fault.reason
    case .filter(let fault): fault.reason
    case .attribute(let fault): fault.reason
    case .fieldSelector(let error): error.reason
    case .selector(let reason): reason
    case .otherObject(let found, let expected): "is \(ShownText.quoted(found)), not \(expected)"
    case .sinkNotAllowed(let objection): "may not be a sink: \(objection.problem)"
    case .addressRange(let fault): fault.reason
    case .nameTaken(let other): "is the name of another object, \(other)"
    case .cluster(let fault): fault.reason
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .yaml(let reason): reason.remedy
    case .notJSON: "correct the text"
    case .noSubscription: "write one with apiVersion \(SubscriptionParser.apiVersion)"
    case .tooBig: "split it"
    case .unknownField(let suggestion?): "did you mean \(suggestion)?"
    case .unknownField(nil), .notServed: "remove it"
    case .required(let remedy), .nothingListed(let remedy): remedy
    case .wrongType(let expected, _): expected.howToWrite
    case .notWhole: "write it in plain digits"
    case .outOfRange: "choose one in that range"
    case .tooMany: "split it into several subscriptions"
    case .notOneOf(let found, let choices):
      Spelling.nearest(to: found, in: choices).map { "did you mean \($0)?" } ?? "choose one of them"
    case .repeated: "write it once"
    case .syntax(_, let rule): rule.remedy
    case .path(let fault): fault.remedy
    case .duration(let fault): fault.remedy
    case .uri(let fault): fault.remedy
    case .filter(let fault): fault.remedy
    case .attribute(let fault): fault.remedy
    case .fieldSelector(let error): error.remedy
    case .selector: "correct the selector"
    case .otherObject(_, let expected): "write \(expected)"
    case .sinkNotAllowed(let objection): objection.remedy
    case .addressRange(let fault): fault.remedy
    case .nameTaken: "give one of them another name"
    case .cluster(let fault): fault.remedy
    }
  }
}

/// The rules for names that a subscription is held to.
public enum NameSyntax: Hashable, Sendable {
  /// RFC 1123 subdomain: the name of an object, a group.
  case subdomain
  /// The name of any object: what may stand in a path of the API.
  case objectName
  /// RFC 1123 label: a namespace.
  case label
  /// A kind.
  case kind
  /// A group and version.
  case apiVersion
  /// A uid.
  case uid
  /// The name under which somebody writes objects.
  case fieldManager
  /// Which hosts a rule is about. Judged by `HostPattern`.
  case hostPattern
  /// Which namespaces a rule is for. Judged by `NamespacePattern`.
  case namespacePattern
  /// The key of a label. Judged by `LabelSelector`.
  case labelKey
  /// The value of a label. Judged by `LabelSelector`.
  case labelValue

  var noun: String {
    switch self {
    case .subdomain: "a name of Kubernetes"
    case .objectName: "the name of an object"
    case .label: "the name of a namespace"
    case .kind: "a kind"
    case .apiVersion: "an apiVersion"
    case .uid: "a uid"
    case .fieldManager: "the name of a field manager"
    case .hostPattern: "a host"
    case .namespacePattern: "the name of a namespace"
    case .labelKey: "the key of a label"
    case .labelValue: "the value of a label"
    }
  }

  var remedy: String {
    switch self {
    case .subdomain: "use at most 253 of a-z, 0-9, - and ., beginning and ending with a letter or digit"
    case .objectName: "write metadata.name as it is, at most 253 bytes without / and %"
    case .label: "use at most 63 of a-z, 0-9 and -, beginning and ending with a letter or digit"
    case .kind: "write it as the API has it, in the singular, as Deployment"
    case .apiVersion: "write group/version, as apps/v1, or v1 for core kinds"
    case .uid: "leave it to the API server"
    case .fieldManager: "write it as metadata.managedFields has it, in at most 128 bytes"
    case .hostPattern:
      "write a DNS name, *. before a name for all below it, or * for every host; addresses belong in cidrs"
    case .namespacePattern: "write a namespace, or the beginning of some and a *"
    case .labelKey:
      "use at most 63 letters, digits, -, _ and ., after an optional DNS name and /, as app.kubernetes.io/name"
    case .labelValue:
      "use at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit"
    }
  }

  /// Whether the text keeps the rule.
  func allows(_ text: String) -> Bool {
    switch self {
    case .labelKey, .labelValue, .hostPattern, .namespacePattern: false
    case .subdomain: Self.isSubdomain(text)
    case .objectName: Self.isObjectName(text)
    case .label: Self.isLabel(Substring(text))
    case .kind: Self.isKind(text)
    case .apiVersion: Self.isAPIVersion(text)
    case .fieldManager:
      (1...SubscriptionLimits.maxManagerBytes).contains(text.utf8.count)
        && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    case .uid:
      (1...SubscriptionLimits.maxUIDBytes).contains(text.utf8.count)
        && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
  }

  private static func isSubdomain(_ text: String) -> Bool {
    text.utf8.count <= SubscriptionLimits.maxSubdomainBytes
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        isLabelText(part)
      }
  }

  /// Roles and others may have more than subdomains: what the API server calls a path segment name.
  private static func isObjectName(_ text: String) -> Bool {
    (1...SubscriptionLimits.maxSubdomainBytes).contains(text.utf8.count) && text != "." && text != ".."
      && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "%" }
  }

  private static func isLabel(_ text: Substring) -> Bool {
    text.utf8.count <= SubscriptionLimits.maxLabelBytes && isLabelText(text)
  }

  private static func isLabelText(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isLowerOrDigit(first) && isLowerOrDigit(last)
      && text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
  }

  /// What a CustomResourceDefinition allows: a label when written in small letters, beginning with a letter.
  private static func isKind(_ text: String) -> Bool {
    guard let first = text.utf8.first, (97...122).contains(first | 0x20) else { return false }
    return text.utf8.allSatisfy { $0 < 0x80 } && isLabel(Substring(text.lowercased()))
  }

  private static func isAPIVersion(_ text: String) -> Bool {
    guard let parsed = GroupVersion(apiVersion: text) else { return false }
    return (parsed.group.isEmpty || isSubdomain(parsed.group)) && isLabel(Substring(parsed.version))
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte)
  }
}

extension JSONKind {
  var withArticle: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .object: "an object"
    case .array: "an array"
    }
  }

  var howToWrite: String {
    switch self {
    case .null: "write null"
    case .bool: "write true or false without quotes"
    case .number: "write digits without quotes"
    case .string: "put it in quotes"
    case .object: "write an object in braces"
    case .array: "write an array in brackets"
    }
  }
}
