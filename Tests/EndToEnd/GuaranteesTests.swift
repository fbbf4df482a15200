import Foundation
import Testing

@Suite("docs/guarantees.md")
struct GuaranteesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("Each test that it names is there")
  func namesTests() throws {
    let page = try String(contentsOf: Self.root.appending(path: "docs/guarantees.md"), encoding: .utf8)
    var sources: [String: String] = [:]
    let tests = Self.root.appending(path: "Tests")
    for case let file as URL in try #require(
      FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
    where file.lastPathComponent.hasSuffix("Tests.swift") {
      sources[file.deletingPathExtension().lastPathComponent, default: ""] += try String(
        contentsOf: file, encoding: .utf8)
    }
    var named = 0
    for line in page.split(separator: "\n") {
      // A sentence without a file is in the file of the one before.
      var file = ""
      for match in line.matches(of: #/`(\w+Tests)`|"([^"]+)"/#) {
        if let name = match.output.1 {
          file = String(name)
          #expect(sources[file] != nil, "\(file).swift is not there")
        } else if let sentence = match.output.2, !file.isEmpty {
          named += 1
          #expect(sources[file]?.contains(sentence) == true, "\(file) has no test \"\(sentence)\"")
        }
      }
    }
    #expect(named > 30)
  }
}
