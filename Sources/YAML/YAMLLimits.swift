/// How much a text may be.
public struct YAMLLimits: Sendable, Equatable {
  /// The deepest nesting that any setting allows: collections are read by recursion, and a thread's stack is finite.
  public static let greatestDepth = 512
  /// The longest implicit key, in Unicode scalars: a rule of YAML 1.2, 7.4.
  public static let maxKeyScalars = 1024
  /// 16 MiB, 128 levels (as deep as JSON is read), 20,000 documents, lines of 4 MiB.
  public static let standard = YAMLLimits()

  /// The longest text, in bytes; offsets are kept in 32 bits, which bounds it in any case.
  public var maxBytes: Int
  /// How many collections may be open at once; clamped to `greatestDepth`.
  public var maxDepth: Int {
    didSet { maxDepth = Self.clamped(maxDepth) }
  }
  /// The most documents of one text.
  public var maxDocuments: Int
  /// The longest line, in bytes without its break.
  public var maxLineBytes: Int

  /// Limits; what is not given is as in `standard`.
  public init(
    maxBytes: Int = 16 << 20, maxDepth: Int = 128, maxDocuments: Int = 20_000, maxLineBytes: Int = 4 << 20
  ) {
    self.maxBytes = maxBytes
    self.maxDepth = Self.clamped(maxDepth)
    self.maxDocuments = maxDocuments
    self.maxLineBytes = maxLineBytes
  }

  private static func clamped(_ depth: Int) -> Int { min(max(depth, 0), greatestDepth) }
}
