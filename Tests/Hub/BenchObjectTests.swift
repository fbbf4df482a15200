import JSONScan
import Testing

@testable import hub

@Suite("Objects of hub bench")
struct BenchObjectTests {
  private func line(number: Int, namespaces: Int, version: Int = 7, written: Int = 0) throws -> (
    JSONValue, Int
  ) {
    var object = BenchObject(
      .watchLine(type: "MODIFIED"), label: BenchObject.wanted, namespaces: namespaces)
    var bytes: [UInt8] = []
    object.append(number: number, version: version, written: written, to: &bytes)
    #expect(bytes.last == UInt8(ascii: "\n"))
    return (try JSONValue(parsing: bytes), bytes.count)
  }

  @Test("a line is a change of the object with that number, in its namespace, of about 1.3 KB")
  func change() throws {
    let (line, size) = try line(number: 12_345, namespaces: 10, version: 1_000_000_042, written: 99)
    let metadata = line["object"]?["metadata"]
    #expect(line["type"] == "MODIFIED")
    #expect(metadata?["name"] == "c00012345")
    #expect(metadata?["namespace"] == "bench0005")
    #expect(metadata?["resourceVersion"] == "1000000042")
    #expect(metadata?["annotations"]?[BenchObject.writtenAnnotation] == "0000000000000000099")
    #expect(metadata?["labels"]?[BenchObject.label] == "yes")
    #expect((1_200...1_400).contains(size))
  }

  @Test("each object has a uid of its own, the same in a line and in a list")
  func uids() throws {
    let first = try line(number: 1, namespaces: 1).0["object"]?["metadata"]?["uid"]
    let second = try line(number: 2, namespaces: 1).0["object"]?["metadata"]?["uid"]
    var bytes: [UInt8] = []
    var item = BenchObject(.listItem, label: BenchObject.wanted, namespaces: 1)
    item.append(number: 2, version: 1, to: &bytes)
    #expect(first != second)
    #expect(try JSONValue(parsing: bytes)["metadata"]?["uid"] == second)
  }
}
