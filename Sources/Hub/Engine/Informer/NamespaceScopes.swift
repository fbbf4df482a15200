import Kubernetes

/// The selections of namespaces that the interests of one feed have, and which namespaces are in each: an outer test, kept
/// apart from what objects match (SEMANTICS 4). Interests with equal selectors share one.
struct NamespaceScopes: Sendable {
  private struct Scope: Sendable {
    /// Nil: nobody selects any more, and what was selected stays.
    var selector: LabelSelector?
    var active: Set<UInt32>
    var uses: Int
  }

  private var scopes: [Scope?] = []
  private var bySelector: [LabelSelector: UInt32] = [:]
  private var free: [UInt32] = []
  private var count = 0
  /// Numbers that changed since the journal was written; nil: there is none.
  var changed: [UInt32]?

  var isEmpty: Bool { count == 0 }

  /// The numbers in use, ascending.
  var numbers: [UInt32] { scopes.indices.filter { scopes[$0] != nil }.map(UInt32.init) }

  /// The number of a selector, with one use more; one that is new begins with these namespaces.
  mutating func retain(_ selector: LabelSelector, active: @autoclosure () -> [UInt32]) -> UInt32 {
    if let known = bySelector[selector] {
      scopes[Int(known)]?.uses += 1
      return known
    }
    var number = free.popLast()
    while let candidate = number, scopes[Int(candidate)] != nil { number = free.popLast() }
    let place = number ?? UInt32(scopes.count)
    if Int(place) == scopes.count { scopes.append(nil) }
    scopes[Int(place)] = Scope(selector: selector, active: Set(active()), uses: 1)
    bySelector[selector] = place
    count += 1
    changed?.append(place)
    return place
  }

  mutating func release(_ number: UInt32) {
    scopes[Int(number)]?.uses -= 1
    guard let scope = scopes[Int(number)], scope.uses == 0 else { return }
    if let selector = scope.selector, bySelector[selector] == number { bySelector[selector] = nil }
    scopes[Int(number)] = nil
    free.append(number)
    count -= 1
  }

  /// As a journal kept it, with one use more.
  mutating func restore(_ number: UInt32, _ selector: LabelSelector?, active: [UInt32]) {
    while scopes.count <= Int(number) {
      free.append(UInt32(scopes.count))
      scopes.append(nil)
    }
    if scopes[Int(number)] == nil {
      scopes[Int(number)] = Scope(selector: nil, active: Set(active), uses: 0)
      count += 1
    }
    scopes[Int(number)]?.uses += 1
    guard let selector else { return }
    scopes[Int(number)]?.selector = selector
    bySelector[selector] = number
  }

  func contains(_ namespace: UInt32, in number: UInt32) -> Bool {
    scopes[Int(number)]?.active.contains(namespace) ?? false
  }

  /// The namespaces of a scope, ascending.
  func active(in number: UInt32) -> [UInt32] { scopes[Int(number)]?.active.sorted() ?? [] }

  /// A namespace has these labels now, or is gone: the scopes that it enters or leaves.
  func moved(_ namespace: UInt32, labels: [String: String]?) -> [UInt32] {
    numbers.filter { number in
      guard let scope = scopes[Int(number)], let selector = scope.selector else { return false }
      return (labels.map { selector.matches($0) } ?? false) != scope.active.contains(namespace)
    }
  }

  /// The namespace enters the scopes that it is not in, and leaves the others.
  mutating func move(_ namespace: UInt32, over numbers: [UInt32]) {
    for number in numbers {
      if scopes[Int(number)]?.active.remove(namespace) == nil {
        scopes[Int(number)]?.active.insert(namespace)
      }
      changed?.append(number)
    }
  }

  /// The namespaces of all scopes, ascending.
  var everyActive: [UInt32] { scopes.reduce(into: Set<UInt32>()) { $0.formUnion($1?.active ?? []) }.sorted() }
}
