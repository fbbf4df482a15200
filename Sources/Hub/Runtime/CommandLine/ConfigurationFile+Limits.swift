import HubEngine
import JSONScan
import YAML

/// The section `limits` of the file of `--config`: what tenants and all of them together may have.
extension ConfigurationFile {
  /// Its name in the file.
  static let limitsName = "limits"

  /// The limits that the text sets; the defaults where it sets none.
  static func limits(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> EngineLimits {
    // Whatever is wrong with the text as such was said when its settings were read.
    guard let source = try? JSONSource(bytes, format: JSONSource.Format(fileName: path)),
      let document = source.documents.first,
      let root = try? JSONValue(parsing: source.json.span.bytes.extracting(document)),
      let section = root[limitsName]
    else { return EngineLimits() }
    do throws(LimitsRefusal) {
      return try EngineLimits(reading: section)
    } catch {
      guard let first = error.findings.first else { return EngineLimits() }
      let steps = [.member(limitsName)] + first.path
      let offset = JSONLocator.offset(of: steps, in: source.json.span.bytes) ?? document.lowerBound
      let location = source.location(of: offset)
      throw .badFile(
        path: "\(path):\(location.line):\(location.column)",
        reason: "\(SubscriptionFinding(path: steps, fault: first.fault))")
    }
  }
}
