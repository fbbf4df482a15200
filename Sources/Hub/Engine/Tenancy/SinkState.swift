import JSONScan
import Kubernetes

/// The two sinks that a subscription may have.
enum SinkRole: UInt8, Sendable, CaseIterable {
  /// Where its events go.
  case events
  /// Where events go that were rejected, or whose retries are used up.
  case deadLetters
}

/// Where one subscription's events go, and how that is found out: a fixed URL, or the address of an object, which is
/// read, and read again now and then.
struct SinkState: Sendable {
  /// How often a resolved reference is read again.
  static let refresh = Duration64.seconds(30)
  /// The reason while nothing is known about the sink: neither good nor bad.
  static let unknownReason = "Unknown"
  static let firstWait = Duration64.millisecond * 500
  static let lastWait = Duration64.seconds(30)
  static let deadlineSeconds = 20
  static let maxBytes = 4 << 20

  /// The URL that deliveries go to; kept while it is being refreshed.
  private(set) var url: String?
  /// Why there is none.
  private(set) var reason = SinkState.unknownReason
  private(set) var message = "the sink is being looked up"
  /// Judges the addresses that the URL turns out to have.
  private(set) var route = SinkRoute(allow: nil, deny: [])
  /// Why the addresses that it had last got nothing; nil once one got something.
  private(set) var forbidden: String?
  /// The most requests that a Knative Service takes at once, if it says so.
  private(set) var concurrencyLimit: Int?
  var isAsking = false
  /// The machine of the sink at `machineURL`, and whether the subscription waits for it.
  var machine: SinkTable.Reference?
  var machineURL: String?
  var isHeld = false

  /// The machine, unless the URL is another one by now.
  var currentMachine: SinkTable.Reference? { machineURL == url ? machine : nil }
  /// When the reference is to be read (again).
  private(set) var recheckAt: UInt64?
  private var wait = SinkState.firstWait

  /// A URL that needs no looking up.
  static func fixed(_ url: String, _ judge: SinkJudge, _ sender: SinkSender) -> SinkState {
    var state = SinkState()
    state.settle(url, judge, sender)
    return state
  }

  /// A reference that is to be read now.
  static func referenced(at now: UInt64) -> SinkState {
    var state = SinkState()
    state.recheckAt = now
    return state
  }

  /// What came of a delivery: the policy stopped it, or not. True if that is news.
  mutating func note(forbidden: String?) -> Bool {
    defer { self.forbidden = forbidden }
    return self.forbidden != forbidden
  }

  /// Deliveries get no answer: perhaps the address is another one by now.
  mutating func suspect(at now: UInt64) {
    guard let recheckAt, !isAsking else { return }
    self.recheckAt = min(recheckAt, now + Self.firstWait)
  }

  /// What it waited for is known: the reference can be read now.
  mutating func hurry(at now: UInt64) {
    guard let recheckAt else { return }
    self.recheckAt = min(recheckAt, now)
  }

  mutating func asked() {
    isAsking = true
    recheckAt = nil
  }

  /// The API server answered with the object.
  mutating func found(
    _ object: JSONValue, of target: SinkTarget, _ judge: SinkJudge, _ sender: SinkSender, at now: UInt64
  ) {
    guard let base = Self.address(of: object, target) else {
      return unresolved(
        "NotAddressable", "\(Self.name(target)) has no \(Self.place(target)) yet", at: now)
    }
    let full: String
    do throws(SinkURIFault) {
      full =
        try target.uri.map { uri throws(SinkURIFault) in try SinkURI.resolve(uri, against: base) } ?? base
    } catch {
      return unresolved("BadAddress", "\(base) of \(Self.name(target)): \(error.reason)", at: now)
    }
    concurrencyLimit = Self.concurrencyLimit(of: object)
    isAsking = false
    settle(full, judge, sender)
    wait = Self.firstWait
    recheckAt = now + Self.refresh
  }

  /// It could not be read, or has no address. An address that was known stays in use unless the object is gone.
  mutating func unresolved(_ reason: String, _ message: String, isGone: Bool = false, at now: UInt64) {
    isAsking = false
    recheckAt = now + wait
    wait = min(wait * 2, Self.lastWait)
    if url != nil, !isGone { return }
    url = nil
    self.reason = reason
    self.message = message
  }

  private mutating func settle(_ url: String, _ judge: SinkJudge, _ sender: SinkSender) {
    do throws(SinkObjection) {
      route = try judge.judge(url, sender)
      if url != self.url { forbidden = nil }
      self.url = url
      reason = "Resolved"
      message = ""
    } catch {
      self.url = nil
      forbidden = nil
      reason = error.reason
      message = "\(url) may not be a sink: \(error.problem); \(error.remedy)"
    }
  }

  private static func name(_ target: SinkTarget) -> String {
    guard let ref = target.ref else { return "the sink" }
    return "\(ref.kind) \(ref.namespace)/\(ref.name)"
  }

  private static func place(_ target: SinkTarget) -> String {
    target.ref?.address.map { "url in status.addresses with the name \($0)" } ?? "status.address.url"
  }

  /// A core Service has a DNS name; everything else says where it is (Knative's Addressable).
  private static func address(of object: JSONValue, _ target: SinkTarget) -> String? {
    if let ref = target.ref, ref.isCoreService {
      return "http://\(ref.name).\(ref.namespace).svc.cluster.local"
    }
    if let name = target.ref?.address {
      let named = object["status"]?["addresses"]?.array?.first { $0["name"]?.string == name }
      return named?["url"]?.string
    }
    return object["status"]?["address"]?["url"]?.string
      ?? object["status"]?["addresses"]?.array?.first?["url"]?.string
  }

  /// What a Knative Service takes at once: its container concurrency times its largest scale, if both are bounded.
  private static func concurrencyLimit(of object: JSONValue) -> Int? {
    let template = object["spec"]?["template"]
    guard let each = template?["spec"]?["containerConcurrency"]?.int, each > 0 else { return nil }
    let annotations = template?["metadata"]?["annotations"]
    let scale =
      annotations?["autoscaling.knative.dev/max-scale"] ?? annotations?["autoscaling.knative.dev/maxScale"]
    guard let most = scale?.string.flatMap({ Int($0) }), most > 0 else { return nil }
    return each.multipliedReportingOverflow(by: most).overflow ? nil : each * most
  }
}
