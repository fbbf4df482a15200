import JSONScan
import YAML

/// A text is read or refused, with places inside it; line breaks of any kind and comments before it change nothing; JSON
/// is YAML, and so is what a writer of block YAML makes of it.
func fuzzYAML(_ bytes: [UInt8]) throws(BrokenInvariant) {
  let outcome = YAMLOutcome(bytes)
  try outcome.hasPlacesInside(bytes)
  try breaksAreEqual(bytes, outcome)
  try commentChangesNothing(bytes, outcome)
  if let value = try? JSONValue(parsing: bytes) { try jsonIsYAML(value) }
  for document in outcome.documents {
    guard let value = try? JSONValue(parsing: document) else {
      throw BrokenInvariant("no JSON: \(shown(document))")
    }
    try holdEqual(value.serialized(), document, "a document and its value written")
    try jsonIsYAML(value)
  }
}

/// What became of a text.
private struct YAMLOutcome: Equatable {
  var documents: [[UInt8]] = []
  var reason: YAMLError.Reason?
  var place: YAMLLocation?
  /// Where the document's values stood, one line a value.
  var places: [YAMLLocation?] = []

  init(_ bytes: [UInt8]) {
    do throws(YAMLError) {
      for document in try YAMLParser.parse(bytes) {
        documents.append(document.json)
        var last: YAMLLocation?
        for offset in document.json.indices {
          let place = document.positions.location(ofJSONOffset: offset)
          if place != last || offset == 0 { places.append(place) }
          last = place
        }
      }
    } catch {
      reason = error.reason
      place = error.location
    }
  }

  func hasPlacesInside(_ bytes: [UInt8]) throws(BrokenInvariant) {
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    for place in places + (place.map { [$0] } ?? []) {
      guard let place, (1...lines).contains(place.line), (1...bytes.count + 1).contains(place.column) else {
        throw BrokenInvariant("a place outside the text: \(String(describing: place))")
      }
    }
  }
}

/// LF, CR and CR LF are the same break.
private func breaksAreEqual(_ bytes: [UInt8], _ outcome: YAMLOutcome) throws(BrokenInvariant) {
  guard !bytes.contains(0x0D) else { return }
  let crlf = bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] as [UInt8] }
  try holdEqual(YAMLOutcome(crlf), outcome, "with CR LF and with LF")
  try holdEqual(YAMLOutcome(bytes.map { $0 == 0x0A ? 0x0D : $0 }), outcome, "with CR and with LF")
}

/// A comment line before everything moves it down by a line.
private func commentChangesNothing(_ bytes: [UInt8], _ outcome: YAMLOutcome) throws(BrokenInvariant) {
  // A byte order mark stands at the start alone.
  guard bytes.first != 0xEF else { return }
  let commented = YAMLOutcome(Array("# x\n".utf8) + bytes)
  try holdEqual(commented.documents, outcome.documents, "with a comment before it")
  func down(_ place: YAMLLocation?) -> YAMLLocation? {
    place.map { YAMLLocation(line: $0.line + 1, column: $0.column) }
  }
  try holdEqual(commented.places, outcome.places.map(down), "places with a comment before")
  guard let reason = outcome.reason else { return }
  switch reason {
  // They name a line themselves.
  case .duplicateKey, .keyInContinuation: break
  case .notUTF8, .tooLong: break
  default:
    try holdEqual(commented.reason, reason, "with a comment before it")
    try holdEqual(commented.place, down(outcome.place), "the error's place with a comment before")
  }
}

/// YAML of JSON is the JSON: in one line, over many, and in block style.
private func jsonIsYAML(_ value: JSONValue) throws(BrokenInvariant) {
  guard isYAML(value) else { return }
  for text in [value.serialized(), value.serialized(pretty: true), BlockYAML().document(value)] {
    let documents: [YAMLDocument]
    do throws(YAMLError) {
      documents = try YAMLParser.parse(text)
    } catch {
      throw BrokenInvariant("YAML refuses JSON \(shown(text)): \(error)")
    }
    let again = documents.map { try? JSONValue(parsing: $0.json) }
    try holdEqual(again, [value], "YAML of JSON \(shown(text))")
  }
}

/// Whether YAML takes it: no characters that it wants escaped, no keys beyond its limit, numbers as they are written.
private func isYAML(_ value: JSONValue) -> Bool {
  func isText(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      switch $0.value {
      case 0..<0x7F, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...: true
      default: false
      }
    }
  }
  switch value {
  case .null, .bool, .number: return true
  case .string(let text): return isText(text)
  case .array(let elements): return elements.allSatisfy { isYAML($0) }
  case .object(let object):
    return object.allSatisfy { name, value in
      isText(name) && name.unicodeScalars.count < 128 && isYAML(value)
    }
  }
}

/// Writes block YAML: collections by indentation, texts quoted as JSON has them.
private struct BlockYAML {
  func document(_ value: JSONValue) -> [UInt8] {
    var text: [UInt8] = Array("---".utf8)
    write(value, indent: 0, to: &text)
    return text
  }

  private func write(_ value: JSONValue, indent: Int, to text: inout [UInt8]) {
    let margin = Array("\n".utf8) + Array(repeating: 0x20, count: indent)
    switch value {
    case .array(let elements) where !elements.isEmpty:
      for element in elements {
        text += margin + Array("-".utf8)
        write(element, indent: indent + 1, to: &text)
      }
    case .object(let object) where !object.isEmpty:
      for (name, member) in object {
        text += margin + JSONValue.string(name).serialized() + Array(":".utf8)
        write(member, indent: indent + 1, to: &text)
      }
    default: text += Array(" ".utf8) + value.serialized()
    }
  }
}
