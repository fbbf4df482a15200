import HubEngine
import Testing

@Suite("Journal: the checksum")
struct CRC32CTests {
  @Test(
    "the vectors of RFC 3720, appendix B.4, and the usual one",
    arguments: [
      (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C), ([], 0),
    ] as [([UInt8], UInt32)])
  func vectors(bytes: [UInt8], expected: UInt32) {
    #expect(CRC32C.checksum(bytes.span.bytes) == expected)
  }

  @Test("every length and every cut gives what a bit by bit computation gives")
  func lengths() {
    var numbers = JournalNumbers(seed: 1)
    let bytes = (0..<70).map { _ in UInt8(numbers.next(below: 256)) }
    for length in 0...bytes.count {
      let text = Array(bytes[..<length])
      let expected = plain(text)
      for cut in 0...length {
        let first = CRC32C.checksum(text.span.bytes.extracting(0..<cut))
        #expect(CRC32C.checksum(text.span.bytes.extracting(cut..<length), continuing: first) == expected)
      }
    }
  }

  private func plain(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
  }
}
