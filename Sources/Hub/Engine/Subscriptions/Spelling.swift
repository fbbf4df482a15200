/// Finds the word that somebody probably meant.
enum Spelling {
  /// Longer words are nobody's typing error, and comparing them would cost.
  static let maxCharacters = 40

  /// The nearest of the words, if one is near: another capitalisation, one or two letters wrong, missing, too
  /// many or swapped (one in words of up to four letters), the same beginning, or the word inside a longer
  /// one.
  static func nearest(to word: String, in words: [String]) -> String? {
    guard (1...maxCharacters).contains(word.count) else { return nil }
    let typed = Array(word.lowercased())
    let allowed = typed.count <= 4 ? 1 : 2
    var best: (word: String, distance: Int)?
    for candidate in words {
      let distance = distance(typed, Array(candidate.lowercased()))
      if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word ?? words.first { overlaps(typed, Array($0.lowercased())) }
  }

  /// Whether both begin with the same four letters, or the candidate is a part of the word.
  private static func overlaps(_ typed: [Character], _ candidate: [Character]) -> Bool {
    let common = zip(typed, candidate).prefix { $0 == $1 }.count
    return common >= 4 || candidate.count >= 4 && String(typed).contains(String(candidate))
  }

  /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let cost = left[row - 1] == right[column - 1] ? 0 : 1
        current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          current[column] = min(current[column], beforeLast[column - 2] + 1)
        }
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
