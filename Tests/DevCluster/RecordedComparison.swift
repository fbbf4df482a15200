import Foundation
import JSONScan
import TestSupport

/// Holds an answer of the development cluster to one recorded from a real API server: the same members
/// everywhere, and the same values but for what each server makes up (uids, versions, times, tokens).
enum RecordedComparison {
  /// Members whose values differ from server to server; their kinds are compared.
  static let madeUp: Set<String> = [
    "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "continue",
    "lastTransitionTime", "lastUpdateTime", "storageVersionHash",
  ]

  /// The differences, each with its path; empty if the answer is as recorded.
  static func differences(
    _ actual: JSONValue, _ recorded: JSONValue, ignoring ignored: Set<String> = []
  ) -> [String] {
    compare(actual, recorded, at: "", ignored)
  }

  static func recorded(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Fixtures.recorded(name))
  }

  /// The lines of a recorded watch.
  static func recordedLines(_ name: String) throws -> [JSONValue] {
    try Fixtures.recorded(name).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
  }

  private static func compare(
    _ actual: JSONValue, _ recorded: JSONValue, at path: String, _ ignored: Set<String>
  ) -> [String] {
    switch (actual, recorded) {
    case (.object(let actual), .object(let recorded)):
      let actual = members(actual)
      let recorded = members(recorded)
      var differences: [String] = []
      for name in Set(actual.keys).union(recorded.keys).sorted() where !ignored.contains(name) {
        switch (actual[name], recorded[name]) {
        case (let ours?, let theirs?):
          if madeUp.contains(name), !name.hasPrefix("f:") {
            if ours.kind != theirs.kind { differences.append("\(path).\(name) is another kind of value") }
          } else {
            differences += compare(ours, theirs, at: "\(path).\(name)", ignored)
          }
        case (_?, nil): differences.append("\(path).\(name) was not recorded")
        case (nil, _?): differences.append("\(path).\(name) is missing")
        case (nil, nil): break
        }
      }
      return differences
    case (.array(let actual), .array(let recorded)):
      guard actual.count == recorded.count else {
        return ["\(path) has \(actual.count) elements instead of \(recorded.count)"]
      }
      return zip(actual, recorded).enumerated().flatMap { index, pair in
        compare(pair.0, pair.1, at: "\(path)[\(index)]", ignored)
      }
    default:
      return actual == recorded ? [] : ["\(path) is \(text(actual)), recorded \(text(recorded))"]
    }
  }

  /// Members by name; uids within names (of managedFields) are made up too.
  private static func members(_ object: JSONObject) -> [String: JSONValue] {
    Dictionary(
      object.map { ($0.key.hasPrefix("k:{\"uid\":") ? "k:{\"uid\"}" : $0.key, $0.value) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized(), as: UTF8.self)
  }
}
