/// Why a text is not the YAML that this parser reads, where, and what to write instead.
public struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, or not supported.
  public let reason: Reason
  /// Where, as people count.
  public let location: YAMLLocation

  /// An error of this reason at this place.
  public init(_ reason: Reason, at location: YAMLLocation) {
    self.reason = reason
    self.location = location
  }

  /// The line, from 1.
  public var line: Int { location.line }
  /// The column, from 1, in Unicode scalars.
  public var column: Int { location.column }
  /// What to write instead.
  public var remedy: String { reason.remedy }
  /// `LINE:COLUMN: reason; remedy`.
  public var description: String { "\(line):\(column): \(reason.sentence); \(remedy)" }

  /// What YAML 1.2, the subset, or a limit refuses.
  public enum Reason: Hashable, Sendable {
    // The text.
    /// A byte that is no part of UTF-8.
    case notUTF8
    /// A character that YAML does not allow unescaped.
    case controlCharacter(UInt32)
    /// The text is longer than `YAMLLimits.maxBytes`.
    case tooLong(limit: Int)
    /// A line is longer than `YAMLLimits.maxLineBytes`.
    case lineTooLong(limit: Int)
    /// More collections are open at once than `YAMLLimits.maxDepth`.
    case tooDeep(limit: Int)
    /// More documents than `YAMLLimits.maxDocuments`.
    case tooManyDocuments(limit: Int)

    // What YAML has and this parser refuses.
    /// `&name`.
    case anchor
    /// `*name`.
    case alias
    /// `!tag`.
    case tag
    /// The key `<<`.
    case mergeKey
    /// A directive other than `%YAML 1.` and a minor version.
    case directive(String)
    /// A list or mapping as a key.
    case collectionKey
    /// A key that is null or missing.
    case nullKey
    /// A number with a fraction or exponent as a key: its text is not certain.
    case floatKey
    /// `.inf` or `.nan`, which JSON does not have.
    case notFinite
    /// A number like `0644`: 420 to kubectl, 644 to YAML 1.2.
    case leadingZero
    /// A hexadecimal or octal number beyond 64 bits.
    case numberTooLarge

    // Layout.
    /// A tab where only spaces may stand.
    case tabIndentation
    /// The line is indented like nothing before it.
    case indentation
    /// Something follows a value on its line.
    case contentAfterValue
    /// A document starts without `---` after one that is not ended.
    case contentAfterDocument
    /// A directive that no `---` follows.
    case directiveWithoutDocument
    /// `key: - item` on one line.
    case listAfterKey
    /// `key: value: value` on one line.
    case keyInValue
    /// A line that continues a value above has a key.
    case keyInContinuation(valueLine: Int)
    /// A list item beside keys.
    case listInMapping
    /// A line of a mapping has no colon.
    case missingColon

    // Keys.
    /// The key stands there already.
    case duplicateKey(String, firstLine: Int)
    /// A key without `? ` goes over more than one line.
    case multilineKey
    /// A key without `? ` is longer than `YAMLLimits.maxKeyScalars`.
    case keyTooLong

    // Scalars.
    /// A plain value cannot begin with this character.
    case reserved(Character)
    /// A quoted value without its closing quote.
    case unclosedQuote
    /// A line of a quoted value is not indented more than its key.
    case quotedIndentation
    /// An escape that YAML does not have.
    case badEscape
    /// An escaped half of a surrogate pair without its other half, or a number that is no character.
    case badCodePoint
    /// Something wrong after `|` or `>`.
    case blockHeader
    /// An empty line at the start of a block scalar has more spaces than its first line of text.
    case blockIndentation

    // Flow collections.
    /// `[` or `{` without its closing bracket.
    case unclosedFlow
    /// A line inside brackets is not indented more than its key.
    case flowIndentation
    /// Neither a comma nor the closing bracket.
    case expectedCommaOrClose(Character)
    /// A comma without a value before it.
    case emptyEntry
    /// A block scalar or a list item with a dash inside brackets.
    case blockInFlow
  }
}
