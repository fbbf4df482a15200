/// Rounds of one figure.
struct Spread: Equatable {
  /// The middle one; of an even number the upper of the two.
  let median: Double
  let least: Double
  let most: Double

  /// No rounds count as one of 0.
  init(_ rounds: [Double]) {
    let sorted = rounds.sorted()
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    least = sorted.first ?? 0
    most = sorted.last ?? 0
  }
}

/// A number with so many digits after the point, rounded to the nearest.
func decimal(_ value: Double, digits: Int) -> String {
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard digits > 0 else { return sign + String(scaled) }
  let rest = String(scaled % scale)
  return sign + "\(scaled / scale)." + String(repeating: "0", count: digits - rest.count) + rest
}

/// See `decimal`.
func tenths(_ value: Double) -> String { decimal(value, digits: 1) }
/// See `decimal`.
func hundredths(_ value: Double) -> String { decimal(value, digits: 2) }
