/// Durations as Go writes them and Knative's annotations have them: `1m30s`, `1.5h`, `300ms`.
enum GoDuration {
  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  /// The largest duration that is read, 100 years in nanoseconds: beyond it nil.
  static let greatest = 100 * 365 * 24 * 3600e9

  /// Nanoseconds; nil for anything else than a sum of numbers with units. Negative durations are nil too.
  static func nanoseconds(_ text: String) -> UInt64? {
    if text == "0" { return 0 }
    var rest = Substring(text)
    var total = 0.0
    repeat {
      let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
      rest = rest.dropFirst(unit.count)
      guard let value = value(number), let scale = units.first(where: { $0.name == unit })?.nanoseconds else {
        return nil
      }
      total += value * scale
    } while !rest.isEmpty
    return total <= greatest ? UInt64(total) : nil
  }

  /// Go takes `1.` and `.5`; `Double` takes neither the one nor, with an exponent, too little.
  private static func value(_ number: Substring) -> Double? {
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    return Double("0\(parts[0]).\(parts.count == 2 ? parts[1] : "")0")
  }
}
