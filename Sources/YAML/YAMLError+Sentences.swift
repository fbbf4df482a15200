extension YAMLError.Reason {
  /// What is wrong, in words.
  public var sentence: String {
    switch self {
    case .notUTF8: "the text is not UTF-8"
    case .controlCharacter(let scalar):
      "the character U+\(Self.hexadecimal(scalar)) may not stand in YAML"
    case .tooLong(let limit): "the text is longer than \(limit) bytes"
    case .lineTooLong(let limit): "the line is longer than \(limit) bytes"
    case .tooDeep(let limit): "more than \(limit) lists and mappings inside each other"
    case .tooManyDocuments(let limit): "more than \(limit) documents"
    case .anchor: "anchors (&name) are not supported"
    case .alias: "aliases (*name) are not supported"
    case .tag: "tags (!name) are not supported"
    case .mergeKey: "merge keys (<<) are not supported"
    case .directive(let name): "the directive %\(name) is not supported"
    case .collectionKey: "a list or mapping as a key is not supported"
    case .nullKey: "the key is empty or null"
    case .floatKey: "a key that is a number with a fraction or exponent is not supported"
    case .notFinite: "JSON has no infinity and no not-a-number"
    case .leadingZero: "a number with a leading zero is octal to some programs and decimal to others"
    case .numberTooLarge: "the number has more than 64 bits"
    case .tabIndentation: "a tab in the indentation"
    case .indentation: "the line is indented like nothing before it"
    case .contentAfterValue: "something follows the value"
    case .contentAfterDocument: "something follows the document"
    case .directiveWithoutDocument: "a directive, and no document after it"
    case .listAfterKey: "a list cannot begin on the line of its key"
    case .keyInValue: "a second key on the line"
    case .keyInContinuation(let line): "a key in a line that continues the value of line \(line)"
    case .listInMapping: "a list item among the keys of a mapping"
    case .missingColon: "the key has no colon and space after it"
    case .duplicateKey(let key, let line): "the key '\(Self.clipped(key))' stands in line \(line) already"
    case .multilineKey: "a key on more than one line"
    case .keyTooLong: "a key longer than \(YAMLLimits.maxKeyScalars) characters"
    case .reserved(let character): "a value without quotes cannot begin with '\(character)'"
    case .unclosedQuote: "the closing quote is missing"
    case .quotedIndentation: "a line of a quoted value is not indented more than its key"
    case .badEscape: "no such escape"
    case .badCodePoint: "the escape is no character"
    case .blockHeader: "not the header of a block of text"
    case .blockIndentation: "an empty line before the text is indented more than the text"
    case .unclosedFlow: "the closing bracket is missing"
    case .flowIndentation: "a line inside brackets is not indented more than its key"
    case .expectedCommaOrClose(let close): "neither a comma nor '\(close)' follows the value"
    case .emptyEntry: "a comma without a value before it"
    case .blockInFlow: "inside brackets there are no dashes and no blocks of text"
    }
  }

  /// What to write instead.
  public var remedy: String {
    switch self {
    case .notUTF8: "save it as UTF-8"
    case .controlCharacter: "write it as an escape in double quotes"
    case .tooLong, .tooManyDocuments: "split the file"
    case .lineTooLong: "fold the value over several lines"
    case .tooDeep: "nest less"
    case .anchor: "write the value out where it is used"
    case .alias: "write the value out, or put text that begins with * in quotes"
    case .tag: "leave the tag away, or put text that begins with ! in quotes"
    case .mergeKey: "write the members out, or put the key in quotes"
    case .directive: "remove it; %YAML 1.2 is the only one"
    case .collectionKey: "use a string, or put the key in quotes"
    case .nullKey, .floatKey: "put the key in quotes"
    case .notFinite: "write a number, or put the text in quotes"
    case .leadingZero: "write 0o before the octal digits, drop the zero, or put the text in quotes"
    case .numberTooLarge: "put it in quotes"
    default: layoutRemedy
    }
  }

  private var layoutRemedy: String {
    switch self {
    case .tabIndentation: "indent with spaces"
    case .indentation: "give it the indentation of the lines it belongs to"
    case .contentAfterValue:
      "put it on a line of its own, or the whole value in quotes; a comment needs a space before #"
    case .contentAfterDocument: "begin a new document with ---"
    case .directiveWithoutDocument: "write --- after it"
    case .listAfterKey: "begin the list on the next line, or write it in brackets"
    case .keyInValue: "put a value with ': ' in quotes, or a mapping on lines of its own"
    case .keyInContinuation: "indent it less, or put the value in quotes"
    case .listInMapping: "indent it under the key that it belongs to"
    case .missingColon: "write 'key: value'"
    case .duplicateKey: "remove one of them"
    case .multilineKey: "write it on one line, or after '? '"
    case .keyTooLong: "write it after '? '"
    case .reserved: "put it in quotes"
    case .unclosedQuote: "close it; write '' for a ' in single quotes, \\\" for a \" in double quotes"
    case .quotedIndentation, .flowIndentation: "indent the line more"
    case .badEscape: "write \\\\ for a backslash, or use single quotes"
    case .badCodePoint: "write a pair of \\u escapes, or \\U with 8 digits up to 0010FFFF"
    case .blockHeader: "write | or >, then at most one digit 1 to 9 and one of + and -"
    case .blockIndentation: "indent it less, or write the indentation after | or >"
    case .unclosedFlow: "close it"
    case .expectedCommaOrClose: "put a comma between values, and text with commas, brackets or ': ' in quotes"
    case .emptyEntry: "remove the comma"
    default: "write the value in quotes or brackets"
    }
  }

  private static func hexadecimal(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// A key of a user's file inside a message: short.
  private static func clipped(_ text: String) -> String {
    text.count <= 64 ? text : text.prefix(64) + "…"
  }
}
