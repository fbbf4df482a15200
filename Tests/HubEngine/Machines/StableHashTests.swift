import Testing

@testable import HubEngine

@Suite("The hash that never changes")
struct StableHashTests {
  /// Texts with their published values (those of github.com/spaolacci/murmur3 and of Guava's tests).
  @Test(
    "is MurmurHash3 x64 128 with seed 0",
    arguments: [
      ("", "00000000000000000000000000000000"), ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
      ("hello, world", "342fac623a5ebc8e4cdcbc079642414d"),
      ("19 Jan 2038 at 3:14:07 AM", "b89e5988b737affc664fc2950231b2cb"),
      ("The quick brown fox jumps over the lazy dog.", "cd99481f9ee902c9695da1a38987b6e7"),
    ])
  func published(text: String, hex: String) {
    #expect(StableHash.murmur3([UInt8](text.utf8)).hex == hex)
  }

  /// The bytes 0, 1, 2, … at every length around the algorithm's words and blocks. The values come from another
  /// implementation, which fulfils SMHasher's verification value 0x6384ba69.
  @Test(
    "each length of the tail is taken in",
    arguments: [
      (1, "4610abe56eff5cb551622daa78f83583"), (7, "bd4c6987ca4b0d68613addd4bd25c787"),
      (8, "47a7e1bdd68e2fc860e6ee02ec31dcc7"), (9, "fbb4cb0f6e812d3278de751d0200ffb9"),
      (15, "47231598fd4925e9cd846dee88c67de9"), (16, "444924b591903f30ab906456762fe845"),
      (17, "5c76f40f9fe7c20ec15f026b9edaa824"), (31, "053dd3e1a32cd0949ee59aefb4005490"),
      (32, "c66d9022b62f500f1c050a6e34c31151"), (33, "7d41281bfaba461255ac8073a7d6a30b"),
      (255, "03b09a824269589d85fb67610eedda83"),
    ])
  func lengths(count: Int, hex: String) {
    #expect(StableHash.murmur3((0..<count).map { UInt8($0) }).hex == hex)
  }

  private static func hash(_ fields: [String]) -> UInt128 {
    var hash = StableHash()
    for field in fields { hash.combine(field) }
    return hash.value()
  }

  @Test("fields do not run together: where one ends and the next begins counts")
  func boundaries() {
    let lists = [
      ["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["a", "b", "c"], [], [""], ["", ""],
    ]
    #expect(Set(lists.map(Self.hash)).count == lists.count)
  }

  @Test("a field is preceded by its length as eight bytes, little end first")
  func form() {
    var bytes: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]
    bytes += [UInt8]("ab".utf8)
    #expect(Self.hash(["ab"]) == StableHash.murmur3(bytes))
    var number = StableHash()
    number.combine(UInt128(0x0102_0304_0506_0708) << 64 | 9)
    #expect(number.value() == StableHash.murmur3([9, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]))
  }

  @Test(
    "decimal is the whole number, on both sides of 64 bits",
    arguments: [0, 9, UInt128(UInt64.max), UInt128(UInt64.max) + 1, UInt128.max])
  func decimal(number: UInt128) {
    #expect(number.decimal == String(number))
  }

  @Test("hexadecimal has all 32 digits")
  func hexadecimal() {
    #expect(UInt128(0).hex == String(repeating: "0", count: 32))
    #expect(UInt128(0xAB).hex == String(repeating: "0", count: 30) + "ab")
    #expect(UInt128.max.hex == String(repeating: "f", count: 32))
    #expect(UInt128(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210).hex == "0123456789abcdeffedcba9876543210")
  }
}
