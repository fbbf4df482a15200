import JSONScan

/// What is wrong with the limits of a configuration: at least one finding, each with its path.
public struct LimitsRefusal: Error, Sendable {
  /// In the order in which the fields are read.
  public let findings: [SubscriptionFinding]
}

extension EngineLimits {
  /// From which to which each may be set.
  public enum Range {
    /// `subscriptions`.
    public static let subscriptions = 1...100_000
    /// `inFlight`.
    public static let inFlight = 1...65_536
    /// `deliveriesPerSecond`.
    public static let deliveriesPerSecond = 1...1_000_000
    /// `pendingBytes`: 0 (every body is read at its turn) to 64 GiB.
    public static let pendingBytes = 0...(64 << 30)
  }

  private static let root = FieldTable(place: "limits", served: ["hub", "tenant"], reserved: [])
  private static let members = ["subscriptions", "inFlight", "deliveriesPerSecond", "pendingBytes"]

  /// The defaults with what `limits` of the hub's configuration says. A tenant's limit may not be above the hub's.
  public init(reading value: JSONValue) throws(LimitsRefusal) {
    self.init()
    var reader = FieldReader()
    let limits = Field(value: value, path: [])
    if reader.object(limits, Self.root) {
      if let hub = limits["hub"] { readHub(hub, &reader) }
      if let tenant = limits["tenant"] { readTenant(tenant, &reader) }
      // One that is not set goes down with the hub's.
      tenant.subscriptions = min(tenant.subscriptions, subscriptions)
    }
    guard reader.findings.isEmpty else { throw LimitsRefusal(findings: reader.findings) }
  }

  private mutating func readHub(_ field: Field, _ reader: inout FieldReader) {
    let table = FieldTable(place: "limits.hub", served: Self.members, reserved: [])
    guard reader.object(field, table) else { return }
    subscriptions = reader.limit(field["subscriptions"], Range.subscriptions) ?? subscriptions
    deliveriesInFlight = reader.limit(field["inFlight"], Range.inFlight) ?? deliveriesInFlight
    deliveriesPerSecond = reader.limit(field["deliveriesPerSecond"], Range.deliveriesPerSecond)
    waitingBodyBytes = reader.bytes(field["pendingBytes"], Range.pendingBytes) ?? waitingBodyBytes
  }

  private mutating func readTenant(_ field: Field, _ reader: inout FieldReader) {
    let table = FieldTable(place: "limits.tenant", served: Self.members, reserved: [])
    guard reader.object(field, table) else { return }
    let rates = 1...(deliveriesPerSecond ?? Range.deliveriesPerSecond.upperBound)
    tenant.subscriptions = reader.limit(field["subscriptions"], 1...subscriptions) ?? tenant.subscriptions
    tenant.deliveriesInFlight = reader.limit(field["inFlight"], 1...deliveriesInFlight)
    tenant.deliveriesPerSecond = reader.limit(field["deliveriesPerSecond"], rates)
    tenant.waitingBodyBytes = reader.bytes(field["pendingBytes"], 0...waitingBodyBytes)
  }
}

extension FieldReader {
  fileprivate mutating func limit(_ field: Field?, _ range: ClosedRange<Int>) -> Int? {
    field.flatMap { int($0, in: range) }
  }

  /// A number of bytes, or a quantity as Kubernetes writes it: `64Mi`.
  fileprivate mutating func bytes(_ field: Field?, _ range: ClosedRange<Int>) -> Int? {
    guard let field else { return nil }
    guard let text = field.value.string else { return int(field, in: range) }
    let units = [("Ki", 10), ("Mi", 20), ("Gi", 30)]
    let unit = units.first { text.hasSuffix($0.0) }
    guard let unit, let count = Int(text.dropLast(2)), count >= 0, count <= Int.max >> unit.1 else {
      report(
        .notOneOf(found: text, choices: ["a number of bytes", "one with Ki, Mi or Gi, as 64Mi"]),
        at: field.path)
      return nil
    }
    guard range.contains(count << unit.1) else {
      report(
        .outOfRange(found: text, low: String(range.lowerBound), high: "\(range.upperBound) bytes"),
        at: field.path)
      return nil
    }
    return count << unit.1
  }
}
