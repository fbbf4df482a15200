extension JSONSlice {
  /// The same value in a text that has `offset` more bytes before it: for a text that was scanned as a part of a
  /// larger one. Stays at its place should the result be out of a text's bounds.
  public func shifted(by offset: Int) -> JSONSlice {
    let (start, end) = (start + offset, end + offset)
    guard start >= 0, end <= Int(UInt32.max) else { return self }
    return JSONSlice(start: start, end: end, kind: kind, hasEscapes: hasEscapes)
  }
}
