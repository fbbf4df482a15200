import JSONScan
import Testing
import YAML

/// The documents of a text as JSON, one a line; or the error as `hub check` shows it.
func read(_ text: String, limits: YAMLLimits = .standard) -> String {
  do throws(YAMLError) {
    return try YAMLParser.parse(Array(text.utf8), limits: limits).map {
      String(decoding: $0.json, as: UTF8.self)
    }
    .joined(separator: "\n")
  } catch {
    return "\(error)"
  }
}

/// Where and why a text is refused; nil if it is read.
func refusal(_ text: String, limits: YAMLLimits = .standard) -> YAMLError? {
  do throws(YAMLError) {
    _ = try YAMLParser.parse(Array(text.utf8), limits: limits)
    return nil
  } catch {
    return error
  }
}

/// The first document of a text.
func document(_ text: String) throws -> YAMLDocument {
  guard let first = try YAMLParser.parse(Array(text.utf8)).first else { throw NoDocument() }
  return first
}

struct NoDocument: Error {}

/// A text and the JSON that it means.
struct ReadingCase: Sendable, CustomTestStringConvertible {
  let yaml: String
  let json: String

  init(_ yaml: String, _ json: String) {
    self.yaml = yaml
    self.json = json
  }

  var testDescription: String { yaml.debugDescription }
}
