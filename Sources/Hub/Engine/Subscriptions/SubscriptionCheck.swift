import JSONScan
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

  /// An object of another kind, which a file of manifests may hold beside subscriptions.
  public struct PassedOver: Hashable, Sendable {
    /// The file's name as it was given.
    public let file: String
    /// The line where the object begins, from 1.
    public let line: Int
    /// What it is.
    public let object: OtherObject
  }

  /// Everything that is wrong, by file and place as read.
  public private(set) var findings: [Finding] = []
  /// The valid subscriptions, in the order read.
  public private(set) var accepted: [Accepted] = []
  /// The objects of other kinds, in the order read.
  public private(set) var passedOver: [PassedOver] = []
  /// Where in `accepted` a uid is.
  private var positions: [String: Int] = [:]
  /// The texts of accepted subscriptions, by uid, for the places of later findings.
  private var sources: [String: (content: SubscriptionFiles.Content, entry: SubscriptionFiles.Entry)] = [:]

  /// Nothing wrong in any file.
  public var isValid: Bool { findings.isEmpty }

  /// Where events may go; nil: it is not known, and only what the hub's own default forbids of Secrets is told.
  private let sinkPolicy: SinkPolicy?
  private let isAdministrators: @Sendable (String) -> Bool

  /// Nothing was read yet. Sinks are judged by `sinkPolicy`; `isAdministrators` says of a file whether the hub itself
  /// would read it.
  public init(
    sinkPolicy: SinkPolicy? = nil, isAdministrators: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.sinkPolicy = sinkPolicy
    self.isAdministrators = isAdministrators
  }

  /// Judges one more file, JSON or YAML by its name. A subscription whose name an earlier file has is refused.
  public mutating func add(file: String, bytes: [UInt8]) {
    add(file, SubscriptionFiles.read(bytes, name: file))
  }

  /// Judges one more text that is no file; `name` is how findings call it.
  public mutating func add(text bytes: [UInt8], as format: JSONSource.Format, name: String) {
    add(name, SubscriptionFiles.read(bytes, as: format))
  }

  /// After the last file: that there is no subscription in any of them is a finding about the first.
  public mutating func finish(firstFile: String) {
    guard findings.isEmpty, accepted.isEmpty else { return }
    let fault = SubscriptionFault.noSubscription
    report(SubscriptionFinding(path: [], fault: fault), firstFile, at: YAMLLocation(line: 1, column: 1))
  }

  private mutating func add(_ file: String, _ content: SubscriptionFiles.Content) {
    for entry in content.entries {
      let place = content.location(of: entry.offset)
      switch entry.result {
      case .failure(let refusal):
        if let object = refusal.otherObject {
          passedOver.append(PassedOver(file: file, line: place.line, object: object))
          continue
        }
        for finding in refusal.findings {
          report(finding, file, at: finding.offset.map { content.location(of: $0) } ?? place)
        }
      case .success(let subscription):
        let findings = forbidden(subscription, file)
        for finding in findings { report(finding, file, at: content.location(of: finding.path, in: entry)) }
        guard findings.isEmpty else { continue }
        accept(subscription, file, at: place)
        if sources[subscription.uid] == nil { sources[subscription.uid] = (content, entry) }
      }
    }
  }

  private func forbidden(_ subscription: OperatorSubscription, _ file: String) -> [SubscriptionFinding] {
    if let sinkPolicy {
      return sinkPolicy.findings(about: subscription, isAdministrators: isAdministrators(file))
    }
    guard subscription.spec.tellsSecrets else { return [] }
    return SinkPolicy.standard.findings(about: subscription).filter { $0.fault.isAboutSecrets }
  }

  private mutating func accept(_ subscription: OperatorSubscription, _ file: String, at place: YAMLLocation) {
    if let earlier = positions[subscription.uid].map({ accepted[$0] }) {
      let finding = SubscriptionFinding(
        path: [.member("metadata"), .member("name")],
        fault: .nameTaken(by: "that of \(earlier.file):\(earlier.line)"))
      return report(finding, file, at: place)
    }
    positions[subscription.uid] = accepted.count
    accepted.append(Accepted(file: file, line: place.line, subscription: subscription))
  }

  /// What the cluster lacks for a valid subscription, at the place of the field that asks for it.
  public mutating func report(_ path: [JSONPathStep], _ fault: ClusterFault, of accepted: Accepted) {
    let place =
      sources[accepted.subscription.uid].map { $0.content.location(of: path, in: $0.entry) }
      ?? YAMLLocation(line: accepted.line, column: 1)
    report(SubscriptionFinding(path: path, fault: .cluster(fault)), accepted.file, at: place)
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

  /// What was passed over: one line for each file that holds such objects.
  public var passedOverLines: [String] {
    var files: [String] = []
    var kinds: [String: [String]] = [:]
    for object in passedOver {
      if kinds[object.file] == nil { files.append(object.file) }
      let kind = ShownText.onOneLine(ShownText.clipped(object.object.kind))
      if kinds[object.file]?.contains(kind) != true { kinds[object.file, default: []].append(kind) }
    }
    return files.map { file in
      "\(file): passed over, as no \(SubscriptionParser.kind): \((kinds[file] ?? []).joined(separator: ", "))"
    }
  }
}
