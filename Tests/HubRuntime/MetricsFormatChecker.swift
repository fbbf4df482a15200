/// The rules that `promtool check metrics` and the two format specifications set, as far as a page can break them.
struct MetricsFormatChecker {
  private(set) var problems: [String] = []
  private let openMetrics: Bool
  private var family: (name: String, type: String)?
  private var families: Set<String> = []
  private var series: Set<String> = []
  private var helped: String?
  private var lastBucket: (series: String, bound: Double, count: Double)?
  private var openBuckets: [String: Double] = [:]

  static func problems(_ page: String, openMetrics: Bool) -> [String] {
    var checker = MetricsFormatChecker(openMetrics: openMetrics)
    checker.check(page)
    return checker.problems
  }

  private init(openMetrics: Bool) { self.openMetrics = openMetrics }

  private mutating func check(_ page: String) {
    guard page.hasSuffix("\n") else { return problems.append("the last line has no end") }
    var lines = page.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    if openMetrics, lines.popLast() != "# EOF" { problems.append("no # EOF") }
    for line in lines {
      if line.hasPrefix("# HELP ") {
        help(line.dropFirst(7))
      } else if line.hasPrefix("# TYPE ") {
        type(line.dropFirst(7))
      } else if line.isEmpty || line.hasPrefix("#") {
        problems.append("unexpected: \(line)")
      } else {
        sample(line)
      }
    }
    for (series, count) in openBuckets where count >= 0 { problems.append("no +Inf bucket in \(series)") }
  }

  private mutating func help(_ rest: Substring) {
    let parts = rest.split(separator: " ", maxSplits: 1)
    helped = parts.first.map(String.init)
    if parts.count < 2 { problems.append("HELP without text: \(rest)") }
  }

  private mutating func type(_ rest: Substring) {
    let parts = rest.split(separator: " ").map(String.init)
    guard parts.count == 2 else { return problems.append("TYPE: \(rest)") }
    if helped != parts[0] { problems.append("no HELP before TYPE of \(parts[0])") }
    if !families.insert(parts[0]).inserted { problems.append("family twice: \(parts[0])") }
    if !Self.isName(parts[0]) { problems.append("name: \(parts[0])") }
    if !["gauge", "counter", "histogram"].contains(parts[1]) { problems.append("type: \(rest)") }
    let hasTotal = parts[0].hasSuffix("_total")
    if parts[1] == "counter", hasTotal == openMetrics { problems.append("_total of counter: \(parts[0])") }
    if parts[1] != "counter", hasTotal { problems.append("_total of no counter: \(parts[0])") }
    for suffix in ["_bucket", "_sum", "_count", "_milliseconds", "_ms", "_kb"]
    where parts[0].hasSuffix(suffix) { problems.append("suffix: \(parts[0])") }
    family = (parts[0], parts[1])
  }

  private mutating func sample(_ line: Substring) {
    guard let space = line.lastIndex(of: " "), let value = Self.number(line[line.index(after: space)...])
    else { return problems.append("no value: \(line)") }
    let key = String(line[..<space])
    if !series.insert(key).inserted { problems.append("series twice: \(key)") }
    guard let (name, labels) = parse(key) else { return problems.append("labels: \(line)") }
    guard let family else { return problems.append("before any TYPE: \(line)") }
    let expected =
      switch family.type {
      case "counter": [openMetrics ? family.name + "_total" : family.name]
      case "histogram": [family.name + "_bucket", family.name + "_sum", family.name + "_count"]
      default: [family.name]
      }
    if !expected.contains(name) { problems.append("\(name) under \(family.name)") }
    if family.type == "counter", value < 0 { problems.append("negative: \(line)") }
    if family.type == "histogram" { histogram(name, labels, value) }
  }

  private mutating func histogram(_ name: String, _ labels: [(String, String)], _ value: Double) {
    let rest = labels.filter { $0.0 != "le" }.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
    if name.hasSuffix("_count") {
      let series = String(name.dropLast("_count".count)) + "{" + rest
      // The +Inf bucket was noted as the negative of its count, minus one.
      if openBuckets[series] != -value - 1 { problems.append("_count is not +Inf in \(series)") }
    }
    guard name.hasSuffix("_bucket") else { return }
    let series = String(name.dropLast("_bucket".count)) + "{" + rest
    guard let text = labels.first(where: { $0.0 == "le" })?.1, let bound = Self.number(text[...]) else {
      return problems.append("no le in \(series)")
    }
    if openMetrics, bound.isFinite, !text.contains(".") { problems.append("le \(text) is not canonical") }
    if let last = lastBucket, last.series == series, bound <= last.bound || value < last.count {
      problems.append("buckets of \(series) are not cumulative at \(text)")
    }
    lastBucket = (series, bound, value)
    openBuckets[series] = bound == .infinity ? -value - 1 : value
  }

  /// Splits `name{a="b",…}`; nil if it breaks the grammar.
  private func parse(_ key: String) -> (String, [(String, String)])? {
    let name = String(key.prefix { $0 != "{" })
    guard Self.isName(name) else { return nil }
    var rest = Array(key.unicodeScalars.dropFirst(name.unicodeScalars.count))
    guard !rest.isEmpty else { return (name, []) }
    guard rest.count > 2, rest.removeLast() == "}" else { return nil }
    var labels: [(String, String)] = []
    var index = 1
    while index < rest.count {
      guard let equals = rest[index...].firstIndex(of: "="), equals + 1 < rest.count, rest[equals + 1] == "\""
      else { return nil }
      let label = String(String.UnicodeScalarView(rest[index..<equals]))
      var value = String.UnicodeScalarView()
      index = equals + 2
      while index < rest.count, rest[index] != "\"" {
        if rest[index] == "\\" {
          index += 1
          guard index < rest.count, "\\\"n".unicodeScalars.contains(rest[index]) else { return nil }
          value.append(rest[index] == "n" ? "\n" : rest[index])
        } else {
          if rest[index] == "\n" { return nil }
          value.append(rest[index])
        }
        index += 1
      }
      guard index < rest.count, Self.isName(label), !label.contains(":") else { return nil }
      if labels.contains(where: { $0.0 == label }) { return nil }
      labels.append((label, String(value)))
      index += 1
      if index < rest.count {
        guard rest[index] == ",", index + 1 < rest.count else { return nil }
        index += 1
      }
    }
    return (name, labels)
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95 || $0 == 58
    }
  }

  private static func number(_ text: Substring) -> Double? {
    switch text {
    case "+Inf": .infinity
    case "NaN": .nan
    default: Double(text)
    }
  }
}
