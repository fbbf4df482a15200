import Foundation
import JSONScan
import TestSupport
import Testing
import YAML

@Suite("YAML: the files of this repository")
struct RepositoryFilesTests {
  @Test("every YAML file is read, and each document is an object with a kind")
  func all() throws {
    let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()
    var count = 0
    for folder in ["deploy", "config"] {
      for case let file as URL in FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil) ?? .init()
      where ["yaml", "yml"].contains(file.pathExtension) {
        count += 1
        for document in try YAMLParser.parse([UInt8](Data(contentsOf: file))) {
          let object = try JSONValue(parsing: document.json)
          guard folder == "deploy" else { continue }
          #expect(object["kind"]?.string != nil, "\(file.path)")
          #expect(document.positions.position(of: [.member("kind")]) != nil)
        }
      }
    }
    #expect(count >= 12)
  }
}
