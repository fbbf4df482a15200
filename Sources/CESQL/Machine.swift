/// Runs the steps of one expression. No recursion; each step is run at most once, since all jumps lead forward.
struct Machine {
  /// An error, the step it arose at, and the value that this step's operator has all the same.
  struct Failure {
    var kind: CESQLError.Kind
    var value: CESQLValue
    var step: Int
  }

  private var stack: [CESQLValue] = []

  /// The deepest stack that any expression of so many steps needs is smaller.
  init(capacity: Int) { stack.reserveCapacity(min(capacity, 8)) }

  var top: CESQLValue { stack.last ?? .boolean(false) }

  mutating func run(_ steps: [Step], _ attribute: (String) -> CESQLValue?) -> Failure? {
    var index = 0
    while index < steps.count {
      switch perform(steps[index].instruction, attribute) {
      case .next: index += 1
      case .jump(let target): index = max(target, index + 1)
      case .fail(let kind, let value): return Failure(kind: kind, value: value, step: index)
      }
    }
    return nil
  }

  private enum Move {
    case next
    case jump(Int)
    case fail(CESQLError.Kind, CESQLValue)
  }

  private mutating func push(_ value: CESQLValue) -> Move {
    stack.append(value)
    return .next
  }

  /// The compiler leaves an operand for each operator.
  private mutating func pop() -> CESQLValue { stack.popLast() ?? .boolean(false) }

  private mutating func perform(_ instruction: Instruction, _ attribute: (String) -> CESQLValue?) -> Move {
    switch instruction {
    case .push(let value): return push(value)
    case .attribute(let name):
      guard let value = attribute(name) else { return .fail(.missingAttribute(name), .boolean(false)) }
      return push(value)
    case .exists(let name): return push(.boolean(Self.required.contains(name) || attribute(name) != nil))
    case .not: return withBoolean { machine, truth in machine.push(.boolean(!truth)) }
    case .negate: return negate()
    case .arithmetic(let operation): return arithmetic(operation)
    case .compare(let comparison): return compare(comparison)
    case .xor: return xor()
    case .andThen(let target):
      return withBoolean { machine, truth in truth ? .next : machine.leave(.boolean(false), target) }
    case .orElse(let target):
      return withBoolean { machine, truth in truth ? machine.leave(.boolean(true), target) : .next }
    case .boolean: return withBoolean { machine, truth in machine.push(.boolean(truth)) }
    case .like(let pattern): return push(.boolean(pattern.matches(pop().asString)))
    case .element(let target): return element(target)
    case .noElement:
      _ = pop()
      return push(.boolean(false))
    case .call(let function, let count):
      let outcome = function.call(stack.suffix(count))
      stack.removeLast(min(count, stack.count))
      if let error = outcome.error { return .fail(error, outcome.value) }
      return push(outcome.value)
    case .missingFunction(let name, let count):
      return .fail(.missingFunction(name, arguments: count), .boolean(false))
    }
  }

  /// Every event has these (section 3.4.4).
  private static let required = ["id", "source", "specversion", "type"]

  private mutating func leave(_ value: CESQLValue, _ target: Int) -> Move {
    stack.append(value)
    return .jump(target)
  }

  private mutating func withBoolean(_ then: (inout Machine, Bool) -> Move) -> Move {
    let value = pop()
    guard let truth = value.asBoolean else {
      return .fail(.cast(value.asString, to: .boolean), .boolean(false))
    }
    return then(&self, truth)
  }

  private mutating func negate() -> Move {
    let value = pop()
    guard let number = value.asInteger else {
      return .fail(.cast(value.asString, to: .integer), .integer(0))
    }
    let (result, overflow) = Int32(0).subtractingReportingOverflow(number)
    return overflow ? Self.overflow : push(.integer(result))
  }

  private static let overflow = Move.fail(.math("the result is beyond 32 bits"), .integer(0))

  private mutating func arithmetic(_ operation: Instruction.Arithmetic) -> Move {
    let (right, left) = (pop(), pop())
    guard let x = left.asInteger else { return .fail(.cast(left.asString, to: .integer), .integer(0)) }
    guard let y = right.asInteger else { return .fail(.cast(right.asString, to: .integer), .integer(0)) }
    if y == 0, operation == .divide || operation == .modulo {
      return .fail(.math("division by zero"), .integer(0))
    }
    let result: (partialValue: Int32, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    case .divide: result = x.dividedReportingOverflow(by: y)
    // The remainder of the smallest number by -1 is 0, though its quotient has no place.
    case .modulo: result = (x.remainderReportingOverflow(dividingBy: y).partialValue, false)
    }
    return result.overflow ? Self.overflow : push(.integer(result.partialValue))
  }

  private mutating func compare(_ comparison: Instruction.Comparison) -> Move {
    let (right, left) = (pop(), pop())
    switch comparison {
    case .equal, .notEqual:
      // The left side becomes of the right side's type (section 3.7).
      guard let cast = left.cast(to: right.type) else {
        return .fail(.cast(left.asString, to: right.type), .boolean(false))
      }
      return push(.boolean((cast == right) == (comparison == .equal)))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let x = left.asInteger else { return .fail(.cast(left.asString, to: .integer), .boolean(false)) }
      guard let y = right.asInteger else {
        return .fail(.cast(right.asString, to: .integer), .boolean(false))
      }
      return push(.boolean(Self.isOrdered(x, comparison, y)))
    }
  }

  private static func isOrdered(_ x: Int32, _ comparison: Instruction.Comparison, _ y: Int32) -> Bool {
    switch comparison {
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .equal: x == y
    case .notEqual: x != y
    }
  }

  private mutating func xor() -> Move {
    let (right, left) = (pop(), pop())
    guard let x = left.asBoolean else { return .fail(.cast(left.asString, to: .boolean), .boolean(false)) }
    guard let y = right.asBoolean else { return .fail(.cast(right.asString, to: .boolean), .boolean(false)) }
    return push(.boolean(x != y))
  }

  /// The element becomes of the left side's type.
  private mutating func element(_ target: Int) -> Move {
    let element = pop()
    guard let cast = element.cast(to: top.type) else {
      return .fail(.cast(element.asString, to: top.type), .boolean(false))
    }
    guard cast == top else { return .next }
    _ = pop()
    return leave(.boolean(true), target)
  }
}
