/// Texts of uids and versions that are no numbers, by what stands for them in records. Objects may share one (a version
/// that is a hash of the content), so uses are counted.
struct OddTexts: Sendable {
  private var texts: [UInt128: (text: String, uses: Int)] = [:]

  var count: Int { texts.count }

  subscript(standIn: UInt128) -> String { texts[standIn]?.text ?? "" }

  mutating func retain(_ text: String, as standIn: UInt128) {
    texts[standIn, default: (text, 0)].uses += 1
  }

  mutating func release(_ standIn: UInt128) {
    guard let uses = texts[standIn]?.uses else { return }
    if uses == 1 { texts[standIn] = nil } else { texts[standIn]?.uses = uses - 1 }
  }
}
