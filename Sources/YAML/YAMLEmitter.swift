import JSONScan

/// Writes one document as JSON and notes where each value stood.
struct YAMLEmitter {
  private var writer = JSONWriter()
  private var entries: [YAMLPositions.Entry] = []

  mutating func beginObject(at place: YAMLLocation) { write(at: place) { $0.beginObject() } }
  mutating func beginArray(at place: YAMLLocation) { write(at: place) { $0.beginArray() } }
  mutating func endObject() { writer.endObject() }
  mutating func endArray() { writer.endArray() }
  mutating func null(at place: YAMLLocation) { write(at: place) { $0.null() } }
  mutating func bool(_ value: Bool, at place: YAMLLocation) { write(at: place) { $0.bool(value) } }
  mutating func number(_ text: [UInt8], at place: YAMLLocation) { write(at: place) { $0.raw(text) } }

  /// Writes a string whose content is a range of UTF-8.
  mutating func string(_ text: [UInt8], _ range: Range<Int>, at place: YAMLLocation) {
    let before = writer.bytes.count
    writer.string(utf8: text.span.bytes.extracting(range))
    note(place, before)
  }

  mutating func key(_ name: String, at place: YAMLLocation) { write(at: place) { $0.key(name) } }

  /// Hands over the document, and starts anew.
  mutating func take() -> YAMLDocument {
    let json = writer.take()
    defer { entries = [] }
    return YAMLDocument(json: json, positions: YAMLPositions(entries: entries, json: json))
  }

  @inline(__always)
  private mutating func write(at place: YAMLLocation, _ write: (inout JSONWriter) -> Void) {
    let before = writer.bytes.count
    write(&writer)
    note(place, before)
  }

  /// The writer may have put a comma before the value.
  private mutating func note(_ place: YAMLLocation, _ before: Int) {
    let start = writer.bytes[before] == UInt8(ascii: ",") ? before + 1 : before
    entries.append(
      YAMLPositions.Entry(
        jsonOffset: UInt32(truncatingIfNeeded: start), line: UInt32(truncatingIfNeeded: place.line),
        column: UInt32(truncatingIfNeeded: place.column)))
  }
}
