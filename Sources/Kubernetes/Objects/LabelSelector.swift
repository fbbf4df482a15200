import JSONScan

/// A `metav1.LabelSelector`, compiled: what an object's labels must fulfil. Two selectors are equal if they demand
/// the same in any order.
public struct LabelSelector: Hashable, Sendable {
  /// The most requirements in one selector; each has a bit while labels are read.
  public static let maxRequirements = 64
  /// The most values in one requirement.
  public static let maxValues = 256

  /// Matches whatever the labels are.
  public static let everything = LabelSelector(compiled: [])

  let requirements: [Requirement]

  /// One demand on the value of one label.
  struct Requirement: Hashable, Sendable {
    let key: String
    let keyBytes: [UInt8]
    let test: Operator
    /// Sorted, each once.
    let values: [String]
    let valueBytes: [[UInt8]]

    init(key: String, test: Operator, values: [String]) {
      self.key = key
      keyBytes = Array(key.utf8)
      self.test = test
      self.values = Array(Set(values)).sorted()
      valueBytes = self.values.map { Array($0.utf8) }
    }
  }

  /// What is demanded of the value.
  enum Operator: UInt8, Hashable, Sendable {
    case isIn, isNotIn, exists, doesNotExist
  }

  init(compiled: [Requirement]) {
    var seen: Set<Requirement> = []
    requirements = compiled.filter { seen.insert($0).inserted }
      .sorted { ($0.key, $0.test.rawValue, $0.queryString) < ($1.key, $1.test.rawValue, $1.queryString) }
  }

  /// A selector that demands nothing.
  public var isEverything: Bool { requirements.isEmpty }

  /// Whether the labels of an object match: `labels` is the slice of its `metadata.labels` in `text`, nil if it
  /// has none. Allocates nothing, unless a key or value is written with escapes.
  public func matches(labels: JSONSlice?, in text: RawSpan) -> Bool {
    if requirements.isEmpty { return true }
    var present: UInt64 = 0
    var among: UInt64 = 0
    labels?.forEachMember(in: text) { key, value in
      for index in requirements.indices where key.equals(requirements[index].keyBytes, in: text) {
        let bit: UInt64 = 1 << UInt64(index)
        present |= bit
        // Of a name that comes twice the last value counts.
        among &= ~bit
        for wanted in requirements[index].valueBytes where value.equals(wanted, in: text) { among |= bit }
      }
    }
    return fulfilled(present: present, among: among)
  }

  /// Whether these labels match.
  public func matches(_ labels: [String: String]) -> Bool {
    var present: UInt64 = 0
    var among: UInt64 = 0
    for (index, requirement) in requirements.enumerated() {
      guard let value = labels[requirement.key] else { continue }
      present |= 1 << UInt64(index)
      if requirement.values.contains(value) { among |= 1 << UInt64(index) }
    }
    return fulfilled(present: present, among: among)
  }

  private func fulfilled(present: UInt64, among: UInt64) -> Bool {
    for (index, requirement) in requirements.enumerated() {
      let bit: UInt64 = 1 << UInt64(index)
      let holds =
        switch requirement.test {
        case .isIn: among & bit != 0
        case .isNotIn: among & bit == 0
        case .exists: present & bit != 0
        case .doesNotExist: present & bit == 0
        }
      if !holds { return false }
    }
    return true
  }

  /// As the `labelSelector` query parameter has it, not percent-encoded; "" for everything.
  public var queryString: String { requirements.map(\.queryString).joined(separator: ",") }
}

extension LabelSelector.Requirement {
  var queryString: String {
    switch test {
    case .isIn where values.count == 1: key + "=" + values[0]
    case .isIn: key + " in (" + values.joined(separator: ",") + ")"
    case .isNotIn: key + " notin (" + values.joined(separator: ",") + ")"
    case .exists: key
    case .doesNotExist: "!" + key
    }
  }
}
