import HubEngine
import JSONScan
import YAML

/// A setting that is a mapping of its own, which no flag could hold.
struct ConfigurationSection: Sendable {
  /// The settings that are such.
  static let names = ["sinkPolicy"]

  let name: String
  let value: JSONValue
  private let source: JSONSource
  private let path: String

  init(_ name: String, _ value: JSONValue, of source: JSONSource, path: String) {
    (self.name, self.value, self.source, self.path) = (name, value, source, path)
  }

  /// The fault of one finding, whose path begins in this section.
  func error(_ finding: SubscriptionFinding) -> ConfigurationError {
    var steps: [JSONPathStep] = [.member(name)] + finding.path
    let field = SubscriptionFinding(path: steps, fault: finding.fault)
    // Where a member is missing, the object that lacks it.
    while JSONLocator.offset(of: steps, in: source.json.span.bytes) == nil, !steps.isEmpty {
      steps.removeLast()
    }
    let offset = JSONLocator.offset(of: steps, in: source.json.span.bytes) ?? 0
    let location = source.location(of: offset)
    return .badFile(path: "\(path):\(location.line):\(location.column)", reason: "\(field)")
  }

  /// The sink policy that this section is.
  func sinkPolicy() throws(ConfigurationError) -> SinkPolicy {
    do throws(SinkPolicyRefusal) {
      return try SinkPolicy(reading: value)
    } catch {
      guard let first = error.findings.first else { return .standard }
      throw self.error(first)
    }
  }
}
