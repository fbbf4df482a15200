import JSONScan
import YAML

/// The text of one kubeconfig, YAML or JSON, as a tree with the way back to the place of each value.
final class KubeconfigText: Sendable {
  /// The largest file, in bytes: certificates are a few kilobytes each.
  static let maxBytes = 16 << 20

  let path: String
  let root: JSONValue
  private let positions: YAMLPositions?

  /// Reads a text of one document; an empty one is `null`.
  init(_ bytes: [UInt8], path: String) throws(KubeconfigError) {
    self.path = path
    let documents: [YAMLDocument]
    do throws(YAMLError) {
      documents = try YAMLParser.parse(bytes, limits: YAMLLimits(maxBytes: Self.maxBytes))
    } catch {
      throw .syntax(path: path, reason: "\(error)")
    }
    guard documents.count <= 1 else {
      throw .syntax(path: path, reason: " the file has \(documents.count) documents; keep one of them")
    }
    positions = documents.first?.positions
    do throws(JSONError) {
      root =
        try documents.first.map { document throws(JSONError) in try JSONValue(parsing: document.json) }
        ?? .null
    } catch {
      throw .syntax(path: path, reason: " \(error)")
    }
  }

  /// `FILE:LINE:COL` of the value at a path, or of the innermost one around it that there is.
  func place(of steps: [JSONPathStep]) -> String {
    var steps = steps
    while true {
      if let place = positions?.position(of: steps) { return "\(path):\(place.line):\(place.column)" }
      guard steps.popLast() != nil else { return path }
    }
  }

  /// The directory that relative paths in the file start from, with a slash at its end.
  var directory: String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  }

  /// A path in the file as this process would open it.
  func resolve(_ file: String) -> String { file.hasPrefix("/") ? file : directory + file }
}
