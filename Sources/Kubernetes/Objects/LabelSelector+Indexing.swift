extension LabelSelector {
  /// A label that every object which matches has, and the values of which it has one: what an index can find this
  /// selector by. Of several demands the one with the fewest values; nil if the selector demands no certain value.
  public var indexedLabel: (key: String, values: [String])? {
    requirements.filter { $0.test == .isIn }.min { $0.values.count < $1.values.count }.map {
      ($0.key, $0.values)
    }
  }
}
