import Testing
import YAML

@Suite("YAML: what is refused, with place and remedy")
struct RefusalTests {
  @Test("each is one line: place, reason, remedy", arguments: examples)
  func refused(_ example: ReadingCase) { #expect(read(example.yaml) == example.json) }

  private static let examples = [
    ReadingCase("a: &x 1", "1:4: anchors (&name) are not supported; write the value out where it is used"),
    ReadingCase(
      "a:\n  - *x",
      "2:5: aliases (*name) are not supported; write the value out, or put text that begins with * in quotes"),
    ReadingCase(
      "host: *.example.com",
      "1:7: aliases (*name) are not supported; write the value out, or put text that begins with * in quotes"),
    ReadingCase(
      "a: !!str 1",
      "1:4: tags (!name) are not supported; leave the tag away, or put text that begins with ! in quotes"),
    ReadingCase(
      "- !local {a: 1}",
      "1:3: tags (!name) are not supported; leave the tag away, or put text that begins with ! in quotes"),
    ReadingCase("[&a b]", "1:2: anchors (&name) are not supported; write the value out where it is used"),
    ReadingCase("&a b: c", "1:1: anchors (&name) are not supported; write the value out where it is used"),
    ReadingCase(
      "a:\n  <<: {b: c}",
      "2:3: merge keys (<<) are not supported; write the members out, or put the key in quotes"),
    ReadingCase("a:\n\tb: 1", "2:1: a tab in the indentation; indent with spaces"),
    ReadingCase("a:\n  b: 1\n \tc: 2", "3:2: a tab in the indentation; indent with spaces"),
    ReadingCase("-\t- a", "1:3: a tab in the indentation; indent with spaces"),
    ReadingCase(
      "a:\n  b: 1\n c: 2",
      "3:2: the line is indented like nothing before it; give it the indentation of the lines it belongs to"),
    ReadingCase(
      "a: 'x'\n  b: 1",
      "2:3: the line is indented like nothing before it; give it the indentation of the lines it belongs to"),
    ReadingCase(
      "  a: 1\nb: 2",
      "2:1: the line is indented like nothing before it; give it the indentation of the lines it belongs to"),
    ReadingCase(
      "- a\nb: 1",
      "2:1: the line is indented like nothing before it; give it the indentation of the lines it belongs to"),
    ReadingCase(
      "a: 1\n- b", "2:1: a list item among the keys of a mapping; indent it under the key that it belongs to"),
    ReadingCase(
      "a: - b",
      "1:4: a list cannot begin on the line of its key; begin the list on the next line, or write it in brackets"
    ),
    ReadingCase("a: 1\nb\nc: 2", "2:1: the key has no colon and space after it; write 'key: value'"),
    ReadingCase("a: 1\nb:2", "2:1: the key has no colon and space after it; write 'key: value'"),
    ReadingCase(": a", "1:1: the key is empty or null; put the key in quotes"),
    ReadingCase("~: a", "1:1: the key is empty or null; put the key in quotes"),
    ReadingCase("a: 1\nnull: 2", "2:1: the key is empty or null; put the key in quotes"),
    ReadingCase("?\n: a", "1:1: the key is empty or null; put the key in quotes"),
    ReadingCase(
      "1.5: a",
      "1:1: a key that is a number with a fraction or exponent is not supported; put the key in quotes"),
    ReadingCase(
      "? [a]\n: b", "1:3: a list or mapping as a key is not supported; use a string, or put the key in quotes"
    ),
    ReadingCase(
      "? - a\n: b", "1:3: a list or mapping as a key is not supported; use a string, or put the key in quotes"
    ),
    ReadingCase(
      "? a: b\n: c",
      "1:3: a list or mapping as a key is not supported; use a string, or put the key in quotes"),
    ReadingCase(
      "a: \u{1}", "1:4: the character U+0001 may not stand in YAML; write it as an escape in double quotes"),
    ReadingCase(
      "a: é\u{7F}", "1:5: the character U+007F may not stand in YAML; write it as an escape in double quotes"),
    ReadingCase(
      "a: \0", "1:4: the character U+0000 may not stand in YAML; write it as an escape in double quotes"),
    ReadingCase(
      "a: \u{FFFE}", "1:4: the character U+FFFE may not stand in YAML; write it as an escape in double quotes"
    ),
  ]

  @Test(
    "bytes that are not UTF-8 are refused where they are",
    arguments: [
      [0xFF], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0x80], [0xF0, 0x9F, 0x98],
    ] as [[UInt8]])
  func encoding(_ bytes: [UInt8]) {
    #expect(throws: YAMLError(.notUTF8, at: YAMLLocation(line: 2, column: 4))) {
      try YAMLParser.parse(Array("a: 1\nb: ".utf8) + bytes)
    }
  }

  @Test("a kubeconfig in UTF-16 says so")
  func utf16() { #expect(throws: YAMLError.self) { try YAMLParser.parse([0xFF, 0xFE, 0x61, 0x00]) } }
}
