import JSONScan
import Kubernetes
import YAML

/// `hub check`: judges files of subscriptions and says what would be watched. Bytes in, lines out.
public struct SubscriptionCheck: Sendable {
  /// One finding and its place.
  public struct Finding: Hashable, Sendable {
    /// The file's name as it was given.
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// The finding.
    public let finding: SubscriptionFinding

    /// `FILE:LINE:COL: field.path: reason; remedy`.
    public var text: String { "\(file):\(line):\(column): \(finding)" }
  }

  /// A valid subscription and where it stands.
  public struct Accepted: Hashable, Sendable {
    /// The file's name as it was given.
    public let file: String
    /// The line where the object begins, from 1.
    public let line: Int
    /// What it asks for.
    public let subscription: OperatorSubscription
  }

  /// Everything that is wrong, by file and place as read.
  public private(set) var findings: [Finding] = []
  /// The valid subscriptions, in the order read.
  public private(set) var accepted: [Accepted] = []
  /// Where in `accepted` a uid is.
  private var positions: [String: Int] = [:]

  /// Nothing wrong in any file.
  public var isValid: Bool { findings.isEmpty }

  /// Nothing was read yet.
  public init() {}

  /// Judges one more file, JSON or YAML by its name. A subscription whose name an earlier file has is refused.
  public mutating func add(file: String, bytes: [UInt8]) {
    let content = SubscriptionFiles.read(bytes, name: file)
    for entry in content.entries {
      let place = content.location(of: entry.offset)
      switch entry.result {
      case .failure(let refusal):
        for finding in refusal.findings {
          report(finding, file, at: finding.offset.map { content.location(of: $0) } ?? place)
        }
      case .success(let subscription):
        if let earlier = positions[subscription.uid].map({ accepted[$0] }) {
          let finding = SubscriptionFinding(
            path: [.member("metadata"), .member("name")],
            fault: .nameTaken(by: "that of \(earlier.file):\(earlier.line)"))
          report(finding, file, at: place)
        } else {
          positions[subscription.uid] = accepted.count
          accepted.append(Accepted(file: file, line: place.line, subscription: subscription))
        }
      }
    }
  }

  private mutating func report(_ finding: SubscriptionFinding, _ file: String, at place: YAMLLocation) {
    findings.append(Finding(file: file, line: place.line, column: place.column, finding: finding))
  }

  /// One line per finding.
  public var findingLines: [String] { findings.map(\.text) }

  /// What the valid subscriptions would watch: one line for each of their resources.
  public var watchLines: [String] {
    accepted.flatMap { accepted in
      accepted.subscription.spec.resources.map { resource in
        "\(accepted.file):\(accepted.line): \(WatchDescription(resource, of: accepted.subscription).text)"
      }
    }
  }
}

/// What one resource of a subscription makes the hub follow and send.
struct WatchDescription {
  let subscription: String
  let kind: String
  let apiVersion: String
  let namespaces: String
  let selector: String
  let owner: String?
  let viaController: Bool
  let operations: [String]
  let mode: String
  let sink: String
  let isSuspended: Bool

  init(_ resource: ResourceInterest, of subscription: OperatorSubscription) {
    let spec = subscription.spec
    self.subscription = subscription.namespace + "/" + subscription.name
    kind = resource.kind
    apiVersion = resource.groupVersion.apiVersion
    namespaces = spec.namespaces == .all ? "all namespaces" : "namespace " + subscription.namespace
    selector = resource.selector.queryString
    owner = resource.owner?.description
    viaController = resource.controller
    operations = resource.operations.names
    mode = spec.mode.rawValue
    sink = spec.sink.shown
    isSuspended = spec.suspend
  }

  var text: String {
    var parts = ["\(subscription) watches \(kind) (\(apiVersion)) in \(namespaces)"]
    if !selector.isEmpty { parts.append("with labels \(selector)") }
    if let owner { parts.append("controlled by \(owner)") }
    parts.append("on " + operations.joined(separator: ", "))
    parts.append(viaController ? "and sends a Reference to the controller" : "and sends a \(mode)")
    parts.append("to \(sink)" + (isSuspended ? " (suspended: delivers nothing)" : ""))
    return parts.joined(separator: " ")
  }
}

extension SinkTarget {
  /// As messages show it.
  var shown: String {
    guard let ref else { return uri ?? "" }
    return "\(ref.kind) (\(ref.apiVersion)) \(ref.namespace)/\(ref.name)" + (uri.map { " at " + $0 } ?? "")
  }
}

extension SubscriptionCheck {
  /// The findings and what would be watched, for `--json`.
  public func json() -> JSONValue {
    [
      "valid": .bool(isValid),
      "findings": .array(
        findings.map { found in
          [
            "file": .string(found.file), "line": JSONValue(found.line), "column": JSONValue(found.column),
            "field": .string(found.finding.field), "reason": .string(found.finding.reason),
            "remedy": .string(found.finding.remedy),
          ]
        }),
      "watches": .array(
        accepted.flatMap { accepted in
          accepted.subscription.spec.resources.map {
            Self.json(WatchDescription($0, of: accepted.subscription), accepted)
          }
        }),
    ]
  }

  private static func json(_ watch: WatchDescription, _ accepted: Accepted) -> JSONValue {
    [
      "file": .string(accepted.file), "line": JSONValue(accepted.line),
      "subscription": .string(watch.subscription), "kind": .string(watch.kind),
      "apiVersion": .string(watch.apiVersion), "namespaces": .string(watch.namespaces),
      "selector": .string(watch.selector), "owner": watch.owner.map { .string($0) } ?? .null,
      "controller": .bool(watch.viaController), "operations": .array(watch.operations.map { .string($0) }),
      "mode": .string(watch.mode), "sink": .string(watch.sink), "suspended": .bool(watch.isSuspended),
    ]
  }
}
