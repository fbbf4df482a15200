import Foundation
import JSONScan
import TestSupport
import YAML

/// The files of this repository as a user finds them.
enum Repository {
  static let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
  }

  /// The objects of a YAML file.
  static func objects(_ path: String) throws -> [JSONValue] {
    try YAMLParser.parse([UInt8](Data(contentsOf: root.appending(path: path)))).filter { !$0.isNull }
      .map { try JSONValue(parsing: $0.json) }
  }

  /// The objects that a kustomization collects, as they stand in its files.
  static func kustomization(_ folder: String) throws -> [JSONValue] {
    let resources = try objects(folder + "/kustomization.yaml").first?["resources"]?.array ?? []
    return try resources.compactMap(\.string).flatMap { resource in
      let path = URL(filePath: "/" + folder).appending(path: resource).standardized.path.dropFirst()
      return try resource.hasSuffix(".yaml") ? objects(String(path)) : kustomization(String(path))
    }
  }

  /// The one object of a kind and name in a kustomization.
  static func object(_ kind: String, _ name: String, in folder: String) throws -> JSONValue? {
    try kustomization(folder).first {
      $0["kind"]?.string == kind && $0["metadata"]?["name"]?.string == name
    }
  }
}

extension JSONValue {
  /// The value at a path: `spec.containers.0.args`.
  func at(_ path: String) -> JSONValue? {
    path.split(separator: ".").reduce(Optional(self)) { value, step in
      if let index = Int(step) {
        let elements = value?.array ?? []
        return elements.indices.contains(index) ? elements[index] : nil
      }
      return value?[String(step)]
    }
  }

  /// The strings of an array.
  var strings: [String] { array?.compactMap(\.string) ?? [] }
}
