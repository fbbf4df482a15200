/// One step of an expression in postfix order: operands first, then what is made of them. The values wait on a stack.
enum Instruction: Sendable, Hashable {
  enum Arithmetic: Sendable, Hashable { case add, subtract, multiply, divide, modulo }
  enum Comparison: Sendable, Hashable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }

  case push(CESQLValue)
  case attribute(String)
  case exists(String)
  case not
  case negate
  case arithmetic(Arithmetic)
  case compare(Comparison)
  case xor
  /// The left side of AND: false goes on at the target, true is taken away.
  case andThen(target: Int)
  /// The left side of OR: true goes on at the target, false is taken away.
  case orElse(target: Int)
  /// The right side of AND and OR becomes the result.
  case boolean
  case like(LikePattern)
  /// An element of the set of IN: equal to the value below it, true goes on at the target, else it is taken away.
  case element(target: Int)
  /// No element was equal.
  case noElement
  case call(Function, arguments: Int)
  case missingFunction(String, arguments: Int)
}

/// An instruction and the place in the text that it came from, counted from 1.
struct Step: Sendable, Hashable {
  var instruction: Instruction
  var column: Int
}
