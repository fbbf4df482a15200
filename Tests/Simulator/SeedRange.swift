/// The seeds of one call of the simulator.
struct SeedRange: Equatable, Sendable {
  var first: UInt64
  var count: UInt64

  /// As many as `make sim` has without a number.
  static let defaultCount: UInt64 = 200

  init(first: UInt64, count: UInt64) {
    self.first = first
    self.count = count
  }

  /// Reads `--seed N` and `--seeds M`; an empty value counts as none. Nil: they make no sense.
  init?(arguments: [String]) {
    var first: UInt64?
    var count: UInt64?
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      guard let text = rest.popFirst() else { return nil }
      if text.isEmpty, flag == "--seed" || flag == "--seeds" { continue }
      guard let number = UInt64(text) else { return nil }
      switch flag {
      case "--seed": first = number
      case "--seeds": count = number
      default: return nil
      }
    }
    self.first = first ?? 1
    self.count = count ?? (first == nil ? Self.defaultCount : 1)
    guard self.count > 0, !self.first.addingReportingOverflow(self.count).overflow else { return nil }
  }
}
