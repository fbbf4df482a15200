/// The keys of one mapping, to find those that come twice. Compared byte by byte: `String` takes two Unicode spellings of
/// one text for equal, JSON does not.
struct MappingKeys {
  /// Up to so many keys are compared one by one.
  private static let few = 8

  private var names: [[UInt8]] = []
  private var lines: [Int] = []
  private var index: [[UInt8]: Int] = [:]

  /// Adds a key; the line of the first one if it is there already.
  mutating func add(_ name: [UInt8], line: Int) -> Int? {
    if names.count <= Self.few {
      if let first = names.firstIndex(of: name) { return lines[first] }
      names.append(name)
      lines.append(line)
      if names.count > Self.few {
        for (name, line) in zip(names, lines) { index[name] = line }
      }
      return nil
    }
    if let first = index[name] { return first }
    index[name] = line
    return nil
  }
}
