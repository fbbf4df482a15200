import JSONScan

extension SinkPolicy {
  /// Reads the value of `sinkPolicy` in a configuration file; the paths of findings begin there. Absent lists are those
  /// of `SinkPolicy.standard`.
  public init(reading value: JSONValue) throws(SinkPolicyRefusal) {
    var reader = FieldReader()
    let field = Field(value: value, path: [])
    self = .standard
    if reader.object(field, .sinkPolicy) {
      if let rules = field["allow"] { allow = SinkRule.list(reading: rules, .allowRule, &reader) }
      if let rules = field["deny"] { deny = SinkRule.list(reading: rules, .denyRule, &reader) }
    }
    guard reader.findings.isEmpty else { throw SinkPolicyRefusal(findings: reader.findings) }
  }
}

/// Everything that is wrong with a sink policy.
public struct SinkPolicyRefusal: Error, Hashable, Sendable {
  /// At least one; their paths begin below `sinkPolicy`.
  public let findings: [SubscriptionFinding]
}

extension SinkRule {
  fileprivate static func list(
    reading field: Field, _ table: FieldTable, _ reader: inout FieldReader
  ) -> [SinkRule] {
    (reader.array(field, limit: SinkPolicy.maxRules) ?? []).compactMap {
      SinkRule(reading: $0, table, &reader)
    }
  }

  private init?(reading field: Field, _ table: FieldTable, _ reader: inout FieldReader) {
    guard reader.object(field, table) else { return nil }
    let limit = SinkPolicy.maxEntries
    let hosts = reader.list(field["hosts"], limit: limit, ifEmpty: "list hosts, or remove it for all") {
      Self.entry($1, &$0, .hostPattern) { HostPattern($0) }
    }
    let cidrs = reader.list(
      field["cidrs"], limit: limit, ifEmpty: "list blocks of addresses, or remove it for all", Self.range)
    let tenants = reader.list(
      field["namespaces"], limit: limit, ifEmpty: "list namespaces, or remove it for all"
    ) { Self.entry($1, &$0, .namespacePattern) { NamespacePattern($0) } }
    let secrets = reader.bool(field["secrets"], default: false)
    if field["hosts"] == nil, field["cidrs"] == nil, table.place == FieldTable.allowRule.place {
      reader.report(
        .required(remedy: "list hosts or cidrs; hosts: [\"*\"] allows every place"),
        at: field.path + [.member("hosts")])
    }
    self.init(hosts: hosts, cidrs: cidrs, namespaces: tenants, secrets: secrets)
  }

  private static func entry<Entry>(
    _ field: Field, _ reader: inout FieldReader, _ rule: NameSyntax, _ read: (String) -> Entry?
  ) -> Entry? {
    guard let text = reader.string(field) else { return nil }
    if let entry = read(text) { return entry }
    reader.report(.syntax(found: text, rule: rule), at: field.path)
    return nil
  }

  private static func range(_ reader: inout FieldReader, _ field: Field) -> AddressRange? {
    guard let text = reader.string(field) else { return nil }
    do throws(AddressRangeFault) {
      return try AddressRange(text)
    } catch {
      reader.report(.addressRange(error), at: field.path)
      return nil
    }
  }
}

extension FieldTable {
  fileprivate static let sinkPolicy = FieldTable(
    place: "sinkPolicy", served: ["allow", "deny"], reserved: [])
  fileprivate static let allowRule = FieldTable(
    place: "sinkPolicy.allow[]", served: ["hosts", "cidrs", "namespaces", "secrets"], reserved: [])
  fileprivate static let denyRule = FieldTable(
    place: "sinkPolicy.deny[]", served: ["hosts", "cidrs", "namespaces"], reserved: [])
}
