/// Numbers that take turns in lines by deficit round robin (Shreedhar and Varghese, 1995): who has had more than one turn's
/// worth owes turns, and is passed over so often. Each number stands in one line at most. All in constant time, but for
/// passing over, which costs a step for each turn owed.
struct TurnTable: Sendable {
  /// A line, of which only its ends are known here.
  struct Line: Sendable {
    fileprivate var first = TurnTable.none
    fileprivate var last = TurnTable.none
    /// Counts how often it was empty: what was owed before is forgiven, as nobody waited.
    fileprivate var era: UInt32 = 0

    var isEmpty: Bool { first == TurnTable.none }
  }

  private struct Node: Sendable {
    var next = TurnTable.none
    var previous = TurnTable.none
    var debt: UInt32 = 0
    var era: UInt32 = 0
    var isInLine = false
  }

  private static let none = UInt32.max
  private var nodes: [Node] = []
  /// Steps made so far, for tests of what a turn costs.
  private(set) var steps = 0

  func isInLine(_ number: UInt32) -> Bool { Int(number) < nodes.count && nodes[Int(number)].isInLine }

  /// Joins the end of a line; of one that stands in a line, nothing changes.
  mutating func append(_ number: UInt32, to line: inout Line) {
    while nodes.count <= Int(number) { nodes.append(Node()) }
    guard !nodes[Int(number)].isInLine else { return }
    nodes[Int(number)].isInLine = true
    link(number, to: &line)
  }

  /// Leaves the line, in which it must stand if it stands in any.
  mutating func remove(_ number: UInt32, from line: inout Line) {
    guard isInLine(number) else { return }
    nodes[Int(number)].isInLine = false
    unlink(number, from: &line)
    if line.isEmpty { line.era &+= 1 }
  }

  /// Takes the first, whatever it owes.
  mutating func popFirst(of line: inout Line) -> UInt32? {
    guard !line.isEmpty else { return nil }
    let number = line.first
    remove(number, from: &line)
    return number
  }

  /// Takes the one whose turn it is: the first that owes nothing. Who is alone owes nobody.
  mutating func next(of line: inout Line) -> UInt32? {
    while !line.isEmpty {
      steps += 1
      let number = line.first
      let isFree = number == line.last || nodes[Int(number)].era != line.era || nodes[Int(number)].debt == 0
      if isFree {
        nodes[Int(number)].debt = 0
        remove(number, from: &line)
        return number
      }
      nodes[Int(number)].debt -= 1
      unlink(number, from: &line)
      link(number, to: &line)
    }
    return nil
  }

  /// The number has had so many turns' worth beyond one.
  mutating func owe(_ number: UInt32, _ turns: UInt32, in line: Line) {
    guard turns > 0, Int(number) < nodes.count else { return }
    if nodes[Int(number)].era != line.era { nodes[Int(number)].debt = 0 }
    nodes[Int(number)].era = line.era
    nodes[Int(number)].debt += turns
  }

  /// A number is given to somebody else, who owes nothing.
  mutating func forgive(_ number: UInt32) {
    if Int(number) < nodes.count { nodes[Int(number)].debt = 0 }
  }

  private mutating func link(_ number: UInt32, to line: inout Line) {
    nodes[Int(number)].previous = line.last
    nodes[Int(number)].next = Self.none
    if line.last == Self.none { line.first = number } else { nodes[Int(line.last)].next = number }
    line.last = number
  }

  private mutating func unlink(_ number: UInt32, from line: inout Line) {
    let (next, previous) = (nodes[Int(number)].next, nodes[Int(number)].previous)
    if previous == Self.none { line.first = next } else { nodes[Int(previous)].next = next }
    if next == Self.none { line.last = previous } else { nodes[Int(next)].previous = previous }
  }
}
