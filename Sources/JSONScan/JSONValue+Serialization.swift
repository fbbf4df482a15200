extension JSONValue {
  /// The value as JSON: on one line without spaces, or `pretty`, with two spaces a level; members in their order or
  /// sorted by name (in the order of Unicode scalars). No newline at the end.
  public func serialized(pretty: Bool = false, sortedKeys: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, JSONLayout(pretty: pretty, sortedKeys: sortedKeys), level: 0)
    return bytes
  }

  private func append(to bytes: inout [UInt8], _ layout: JSONLayout, level: Int) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let string): JSONEscaping.append(string, to: &bytes)
    case .array(let array): Self.append(array, to: &bytes, layout, level: level + 1)
    case .object(let object): Self.append(object, to: &bytes, layout, level: level + 1)
    }
  }

  private static func append(
    _ array: [JSONValue], to bytes: inout [UInt8], _ layout: JSONLayout, level: Int
  ) {
    bytes.append(UInt8(ascii: "["))
    for (index, element) in array.enumerated() {
      layout.separate(index, level, &bytes)
      element.append(to: &bytes, layout, level: level)
    }
    layout.close(array.count, level, &bytes)
    bytes.append(UInt8(ascii: "]"))
  }

  private static func append(
    _ object: JSONObject, to bytes: inout [UInt8], _ layout: JSONLayout, level: Int
  ) {
    bytes.append(UInt8(ascii: "{"))
    let members = layout.sortedKeys ? object.sorted { $0.key < $1.key } : Array(object)
    for (index, member) in members.enumerated() {
      layout.separate(index, level, &bytes)
      JSONEscaping.append(member.key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      if layout.pretty { bytes.append(0x20) }
      member.value.append(to: &bytes, layout, level: level)
    }
    layout.close(members.count, level, &bytes)
    bytes.append(UInt8(ascii: "}"))
  }
}

/// Where commas and line breaks go.
private struct JSONLayout {
  let pretty: Bool
  let sortedKeys: Bool

  /// Before the element or member of this index.
  func separate(_ index: Int, _ level: Int, _ bytes: inout [UInt8]) {
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    if pretty { newline(level, &bytes) }
  }

  /// Before the closing bracket of this many elements or members.
  func close(_ count: Int, _ level: Int, _ bytes: inout [UInt8]) {
    if pretty && count > 0 { newline(level - 1, &bytes) }
  }

  private func newline(_ level: Int, _ bytes: inout [UInt8]) {
    bytes.append(0x0A)
    for _ in 0..<level * 2 { bytes.append(0x20) }
  }
}
