import Testing

@Suite("YAML: block collections")
struct BlockCollectionTests {
  @Test("lists and mappings nest by their columns", arguments: nesting)
  func nests(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let nesting = [
    ReadingCase("a: 1\nb: 2\n", #"{"a":1,"b":2}"#),
    ReadingCase("- 1\n- 2", "[1,2]"),
    ReadingCase("a:\n  b:\n    c: d\n  e: f\ng: h", #"{"a":{"b":{"c":"d"},"e":"f"},"g":"h"}"#),
    // A list may stand in the column of its key, as kubectl writes it.
    ReadingCase("a:\n- 1\n- 2\nb: 3", #"{"a":[1,2],"b":3}"#),
    ReadingCase("a:\n  - 1\nb: 3", #"{"a":[1],"b":3}"#),
    ReadingCase("- a: 1\n  b: 2\n- c: 3", #"[{"a":1,"b":2},{"c":3}]"#),
    ReadingCase("- a:\n  - 1\n  - 2\n  b: 3", #"[{"a":[1,2],"b":3}]"#),
    ReadingCase("- - 1\n  - 2\n-\n  - 3", "[[1,2],[3]]"),
    ReadingCase("-   a: 1\n    b: 2", #"[{"a":1,"b":2}]"#),
    ReadingCase("  a: 1\n  b: 2", #"{"a":1,"b":2}"#),
    ReadingCase("a:\n        deep: 1\nb:\n shallow: 2", #"{"a":{"deep":1},"b":{"shallow":2}}"#),
  ]

  @Test("what has no text is null", arguments: empties)
  func empty(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let empties = [
    ReadingCase("a:\nb:", #"{"a":null,"b":null}"#),
    ReadingCase("-\n- 1\n-", "[null,1,null]"),
    ReadingCase("a:\n  b:\nc: 1", #"{"a":{"b":null},"c":1}"#),
    ReadingCase("a: # nothing\nb: 1", #"{"a":null,"b":1}"#),
    ReadingCase("- # nothing\n-", "[null,null]"),
    ReadingCase("? a\n? b\n: 1", #"{"a":null,"b":1}"#),
  ]

  @Test("comments and empty lines stand anywhere between", arguments: comments)
  func comment(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let comments = [
    ReadingCase(
      "# first\na: 1 # one\n\n   # in between\nb:\n# outside\n  # inside\n  c: 2\n#", #"{"a":1,"b":{"c":2}}"#),
    ReadingCase("a: b#c", #"{"a":"b#c"}"#),
    ReadingCase("a: 'b' # c", #"{"a":"b"}"#),
    ReadingCase("a: [b] # c", #"{"a":["b"]}"#),
    ReadingCase("a:\n- 1\n# between\n- 2", #"{"a":[1,2]}"#),
    ReadingCase("a: 1\n\t\n \t # tabs are no indentation here\nb: 2", #"{"a":1,"b":2}"#),
    ReadingCase("# only a comment", ""),
  ]

  @Test("a key after a question mark may be any scalar", arguments: explicitKeys)
  func explicit(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let explicitKeys = [
    ReadingCase("? a\n: b", #"{"a":"b"}"#),
    ReadingCase("? a\n  long key\n: b", #"{"a long key":"b"}"#),
    ReadingCase("? |\n  lines\n  of text\n: - 1\n  - 2", #"{"lines\nof text\n":[1,2]}"#),
    ReadingCase("? 'q'\n: x: 1\n  y: 2\nplain: 3", #"{"q":{"x":1,"y":2},"plain":3}"#),
    ReadingCase("? a # comment\n# between\n: b", #"{"a":"b"}"#),
    ReadingCase("?\n  a\n:\n  b", #"{"a":"b"}"#),
  ]

  @Test("lines end with a line feed, a carriage return or both", arguments: ["\n", "\r\n", "\r"])
  func breaks(_ lineBreak: String) {
    let lines = ["a: |", "  x", "  y", "b: long", "  value", "c:", "- \"q", "  r\"", "- [1,", "   2]", ""]
    #expect(
      read(lines.joined(separator: lineBreak)) == #"{"a":"x\ny\n","b":"long value","c":["q r",[1,2]]}"#)
  }

  @Test("a byte order mark at the start does not count")
  func byteOrderMark() {
    #expect(read("\u{FEFF}a: 1") == #"{"a":1}"#)
    #expect(read("\u{FEFF}---\na: 1\nb: 2") == #"{"a":1,"b":2}"#)
  }
}
