/// A pure function that takes any bytes and checks what must hold of them. libFuzzer drives it (`make fuzz`), and
/// tests replay its corpus and seeded mutations of it.
public struct FuzzTarget: Sendable {
  /// Its name on the command line, and that of its folder in `Tests/Fuzz/Corpora`.
  public let name: String
  /// The longest input worth trying, in bytes.
  public let maxBytes: Int
  /// Checks one input; throws if something that must hold does not.
  public let check: @Sendable ([UInt8]) throws(BrokenInvariant) -> Void
}

/// What should hold of an input and does not.
public struct BrokenInvariant: Error, CustomStringConvertible {
  /// What was expected, and what came.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless the condition holds.
func hold(_ condition: Bool, _ description: @autoclosure () -> String) throws(BrokenInvariant) {
  if !condition { throw BrokenInvariant(description()) }
}

/// Throws unless both are the same; says what they are.
func holdEqual<Value: Equatable>(
  _ one: Value, _ other: Value, _ description: @autoclosure () -> String
) throws(BrokenInvariant) {
  if one != other { throw BrokenInvariant("\(description()): \(one) and \(other)") }
}

/// The same for bytes, which are told as text.
func holdEqual(
  _ one: [UInt8], _ other: [UInt8], _ description: @autoclosure () -> String
) throws(BrokenInvariant) {
  if one != other { throw BrokenInvariant("\(description()): \(shown(one)) and \(shown(other))") }
}

/// Bytes for a message.
func shown(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self).debugDescription
}
