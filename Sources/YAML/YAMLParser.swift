/// Reads the part of YAML 1.2 that Kubernetes people write, and turns it into JSON.
///
/// Read: block and flow collections; plain, quoted, literal and folded scalars; comments; several documents; `%YAML`; explicit
/// keys (`? key`) that are scalars; the core schema (what differs from kubectl is told at `CoreValue`). Keys that are integers or
/// truth values become strings, as kubectl makes them.
/// Refused, each by its place and with a remedy: anchors, aliases, tags, merge keys, other directives, keys that are
/// collections, null or fractions, keys that come twice, tabs as indentation.
/// One pass; the time grows with the text alone, and the stack with `YAMLLimits.maxDepth`.
///
/// One leniency that every Kubernetes tool has: a closing bracket may stand in the column of its key.
public enum YAMLParser {
  /// The documents of a text in their order: none in an empty one, `null` for an empty document between markers.
  /// - Throws: `YAMLError` for the first fault.
  public static func parse(
    _ text: RawSpan, limits: YAMLLimits = .standard
  ) throws(YAMLError) -> [YAMLDocument] {
    // The buffer is read inside the closure only.
    try parse(text.withUnsafeBytes { [UInt8]($0) }, limits: limits)
  }

  /// The same for bytes in an array.
  public static func parse(
    _ text: [UInt8], limits: YAMLLimits = .standard
  ) throws(YAMLError) -> [YAMLDocument] {
    var reader = YAMLReader(text, limits: limits)
    if let (reason, offset) = TextCheck(text: text, limits: limits).fault() {
      throw reader.error(reason, at: offset)
    }
    return try reader.documents()
  }
}
