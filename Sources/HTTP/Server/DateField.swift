import Glibc

/// The value of the Date field, made once a second.
struct DateField {
  private var second = 0
  private var value: [UInt8] = []

  mutating func bytes() -> [UInt8] {
    let current = Glibc.time(nil)
    if current != second || value.isEmpty {
      second = current
      value = [UInt8](HTTPDate.string(secondsSince1970: current).utf8)
    }
    return value
  }
}
