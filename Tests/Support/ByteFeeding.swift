/// Ways to cut a byte stream into pieces: every incremental parser is fed whole, byte by byte and in random
/// pieces, and must produce the same.
public enum ByteFeeding {
  /// All cuts of `bytes` that a parser is tested with; the random ones follow from `seed`.
  public static func cuts(of bytes: [UInt8], seed: UInt64 = 1) -> [[[UInt8]]] {
    var cuts: [[[UInt8]]] = [[bytes], bytes.map { [$0] }]
    var state = seed
    for _ in 0..<4 {
      var pieces: [[UInt8]] = []
      var start = 0
      while start < bytes.count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let length = 1 + Int((state >> 33) % 97)
        let end = min(bytes.count, start + length)
        pieces.append([UInt8](bytes[start..<end]))
        start = end
      }
      cuts.append(pieces)
    }
    return cuts
  }
}
