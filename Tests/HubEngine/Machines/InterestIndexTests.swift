import JSONScan
import Kubernetes
import Testing

@testable import HubEngine

@Suite("The index of interests")
struct InterestIndexTests {
  static let foo = GroupKind(group: "samplecontroller.k8s.io", kind: "Foo")

  /// The numbers of the interests that match, as the index finds them.
  private static func matching(_ index: InterestIndex, _ bytes: [UInt8], namespace: UInt32 = 0) throws
    -> [UInt32]
  {
    var decoder = ObjectDecoder()
    let text = bytes.span.bytes
    let head = try decoder.decode(text)
    return index.matching(head, in: text, namespace: namespace)
  }

  private static func matching(_ index: InterestIndex, _ object: ObjectText, namespace: UInt32 = 0) throws
    -> [UInt32]
  {
    try matching(index, object.bytes, namespace: namespace)
  }

  /// Why an object does not match, as it is explained.
  private static func mismatch(_ interest: Interest, _ object: ObjectText) throws -> Untold.Reason? {
    var decoder = ObjectDecoder()
    let bytes = object.bytes
    let text = bytes.span.bytes
    let head = try decoder.decode(text)
    var controller = ControllerLook.unread
    return interest.mismatch(head, &controller, in: text)
  }

  // MARK: Against trying each

  private static let selectors = [
    #"{}"#, #"{"matchLabels":{"app":"a"}}"#, #"{"matchLabels":{"app":"b"}}"#,
    #"{"matchLabels":{"app":"a","tier":"x"}}"#,
    #"{"matchExpressions":[{"key":"app","operator":"In","values":["a","c"]}]}"#,
    #"{"matchExpressions":[{"key":"app","operator":"NotIn","values":["a"]}]}"#,
    #"{"matchExpressions":[{"key":"tier","operator":"Exists"}]}"#,
    #"{"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}"#,
    #"{"matchLabels":{"app":""}}"#,
  ]
  private static let owners = [
    foo, GroupKind(group: "", kind: "Foo"), GroupKind(group: "other.example", kind: "Foo"),
    GroupKind(group: "samplecontroller.k8s.io", kind: "Bar"),
  ]

  private static func interest(_ random: inout SeededRandom) throws -> Interest {
    func draw(_ count: Int) -> Int { Int(random.number(from: 0, through: UInt64(count - 1))) }
    let selector = try LabelSelector.of(selectors[draw(selectors.count)])
    return .of(UInt32(draw(50))) { interest in
      interest.selector = selector
      interest.role = draw(3) == 0 ? .controller : .object
      interest.owner = draw(2) == 0 ? owners[draw(owners.count)] : nil
      interest.namespace = draw(2) == 0 ? UInt32(draw(3)) : nil
    }
  }

  private static func object(_ random: inout SeededRandom) -> ObjectText {
    func draw(_ count: Int) -> Int { Int(random.number(from: 0, through: UInt64(count - 1))) }
    var object = ObjectText()
    let apps = [nil, "a", "b", "c", ""]
    object.labels["app"] = apps[draw(apps.count)]
    if draw(2) == 0 { object.labels["tier"] = draw(2) == 0 ? "x" : "y" }
    let versions = [
      nil, "samplecontroller.k8s.io/v1alpha1", "samplecontroller.k8s.io/v2", "v1", "other.example/v1",
    ]
    if let version = versions[draw(versions.count)] {
      object.owner = ObjectText.foo("f", apiVersion: version)
    }
    return object
  }

  /// What SEMANTICS 1 says, without any index.
  private static func isMatching(_ interest: Interest, _ object: ObjectText, namespace: UInt32) -> Bool {
    if let own = interest.namespace, own != namespace { return false }
    if interest.owner != nil || interest.role == .controller {
      guard let owner = object.owner else { return false }
      let group = owner.apiVersion.contains("/") ? String(owner.apiVersion.prefix { $0 != "/" }) : ""
      if let wanted = interest.owner, wanted != GroupKind(group: group, kind: owner.kind) { return false }
    }
    return interest.selector.matches(object.labels)
  }

  @Test(
    "SEMANTICS 1: finds what trying each interest finds, while they come, retire and go", arguments: 1...6)
  func model(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var index = InterestIndex()
    var model: [UInt32: Interest] = [:]
    var retired: [UInt32] = []
    for _ in 0..<600 {
      switch random.number(from: 0, through: 9) {
      case 0..<6:
        let interest = try Self.interest(&random)
        let number = index.add(interest)
        #expect(model[number] == nil && !retired.contains(number))
        model[number] = interest
      case 6..<8:
        guard let number = model.keys.min(by: { $0 % 7 < $1 % 7 || $0 % 7 == $1 % 7 && $0 < $1 }) else {
          continue
        }
        index.retire(number)
        model[number] = nil
        retired.append(number)
      default:
        guard let number = retired.popLast() else { continue }
        index.release(number)
        #expect(index[number] == nil)
      }
      #expect(index.count == model.count)
      let object = Self.object(&random)
      let namespace = UInt32(random.number(from: 0, through: 3))
      let expected = model.filter { Self.isMatching($0.value, object, namespace: namespace) }.keys.sorted()
      let found = try Self.matching(index, object, namespace: namespace)
      #expect(found == expected)
      for (number, interest) in model where interest.namespace.map({ $0 == namespace }) ?? true {
        #expect(try (Self.mismatch(interest, object) == nil) == found.contains(number))
      }
    }
    for number in Array(model.keys) + retired { index.release(number) }
    #expect(index.count == 0 && index.numbers.isEmpty && index.late.isEmpty && index.retired.isEmpty)
    #expect(try Self.matching(index, Self.object(&random)).isEmpty)
  }

  // MARK: Single rules

  @Test("the version of an owner's group is ignored, its group and kind are not")
  func owners() throws {
    var index = InterestIndex()
    let number = index.add(.of(1) { $0.owner = Self.foo })
    func isFound(_ owner: OwnerReference?) throws -> Bool {
      var object = ObjectText()
      object.owner = owner
      return try Self.matching(index, object) == [number]
    }
    #expect(try isFound(ObjectText.foo("f")))
    #expect(try isFound(ObjectText.foo("f", apiVersion: "samplecontroller.k8s.io/v9")))
    #expect(try !isFound(ObjectText.foo("f", apiVersion: "v1")))
    #expect(try !isFound(ObjectText.foo("f", apiVersion: "samplecontroller.k8s.io.evil/v1")))
    var bar = ObjectText.foo("f")
    bar.kind = "Fo"
    #expect(try !isFound(bar))
    #expect(try !isFound(nil))
  }

  @Test("names that are written with escapes are read as what they say")
  func escapes() throws {
    var index = InterestIndex()
    let selector = try LabelSelector.of(#"{"matchLabels":{"app":"a"}}"#)
    let label = index.add(.of(1) { $0.selector = selector })
    let owner = index.add(.of(2) { $0.owner = Self.foo })
    let text = #"""
      {"metadata":{"name":"x","resourceVersion":"1","labels":{"\u0061pp":"\u0061"},"ownerReferences":[{
      "apiVersion":"samplecontroller.k8s.io\/v1","kind":"F\u006fo","name":"f","uid":"u","controller":true}]}}
      """#
    #expect(try Self.matching(index, [UInt8](text.utf8)) == [label, owner])
  }

  @Test("of a label that is written twice the last counts, and no interest is found twice")
  func twice() throws {
    var index = InterestIndex()
    let either = try LabelSelector.of(
      #"{"matchExpressions":[{"key":"app","operator":"In","values":["a","b"]}]}"#)
    let first = try LabelSelector.of(#"{"matchLabels":{"app":"a"}}"#)
    _ = index.add(.of(1) { $0.selector = first })
    let number = index.add(.of(2) { $0.selector = either })
    let text = #"{"metadata":{"name":"x","resourceVersion":"1","labels":{"app":"a","app":"b"}}}"#
    #expect(try Self.matching(index, [UInt8](text.utf8)) == [number])
  }

  @Test("labels that are no texts match no value")
  func oddLabels() throws {
    var index = InterestIndex()
    let selector = try LabelSelector.of(#"{"matchLabels":{"app":"1"}}"#)
    _ = index.add(.of(1) { $0.selector = selector })
    let text = #"{"metadata":{"name":"x","resourceVersion":"1","labels":{"app":1}}}"#
    #expect(try Self.matching(index, [UInt8](text.utf8)) == [])
  }

  @Test("a member's number matches nothing, and numbers are used again")
  func members() throws {
    var index = InterestIndex()
    let member = index.reserve()
    let number = index.add(.of(1, member: member))
    #expect(try Self.matching(index, ObjectText()) == [number])
    #expect(index.numbers == [number] && index.numbers(of: 1) == [number])
    index.release(member)
    index.release(number)
    #expect(Set([index.reserve(), index.reserve()]) == [member, number])
  }

  @Test("a retired interest matches nothing, is remembered, and is late no more once it is released")
  func retiring() throws {
    var index = InterestIndex()
    let number = index.add(.of(1))
    #expect(index.late == [number])
    index.retire(number)
    index.retire(number)
    #expect(try Self.matching(index, ObjectText()) == [])
    #expect(index.retired == [number] && index.count == 0 && index[number]?.isRetired == true)
    #expect(index.numbers(of: 1) == [number])
    index.release(number)
    #expect(index.retired.isEmpty && index.late.isEmpty && index.numbers(of: 1).isEmpty)
  }

  @Test("those that a list has been judged for are late no more")
  func late() {
    var index = InterestIndex()
    let first = index.add(.of(1))
    let second = index.add(.of(1))
    _ = index.add(.of(2) { $0.isCaughtUp = true })
    index[first]?.isCaughtUp = true
    index.forgetCaughtUp()
    #expect(index.late == [second])
  }
}

@Suite("Stakes")
struct StakeTests {
  private static func stakes(before: [Interest], now: [Interest]) -> [Stake] {
    var index = InterestIndex()
    let old = before.map { index.add($0) }
    let new = now.map { index.add($0) }
    return Stake.between(before: old, now: new, index)
  }

  @Test("a subscription has one stake for each role, over all its entries, in order")
  func coalescing() {
    let controller = Interest.of(1) { $0.role = .controller }
    let stakes = Self.stakes(before: [.of(2), .of(1)], now: [.of(1), controller, .of(1), .of(3)])
    #expect(stakes.map(\.subscription) == [1, 1, 2, 3])
    #expect(stakes.map(\.role) == [.object, .controller, .object, .object])
    #expect(stakes.map(\.was) == [true, false, true, false])
    #expect(stakes.map(\.now) == [true, true, false, true])
  }

  @Test("operations and tokens are those of the entries that match now, and of those that did")
  func operations() {
    let before = Interest.of(1) {
      $0.operations = .delete
      $0.token = "old"
    }
    let first = Interest.of(1) { $0.operations = .add }
    let second = Interest.of(1) {
      $0.operations = .update
      $0.token = "new"
      $0.wantsBody = true
    }
    let stake = Self.stakes(before: [before], now: [first, second]).first
    #expect(stake?.operationsBefore == .delete && stake?.operationsNow == [.add, .update])
    #expect(stake?.tokenBefore == "old" && stake?.tokenNow == "new" && stake?.wantsBody == true)
  }

  @Test("one entry that has been caught up makes the others' entering a change")
  func caughtUp() {
    let known = Interest.of(1) { $0.isCaughtUp = true }
    #expect(Self.stakes(before: [], now: [.of(1), known]).first?.isCaughtUp == true)
    #expect(Self.stakes(before: [], now: [.of(1)]).first?.isCaughtUp == false)
  }

  @Test("numbers of interests that are gone have no stake")
  func gone() {
    var index = InterestIndex()
    let number = index.add(.of(1))
    index.release(number)
    #expect(Stake.between(before: [number], now: [], index).isEmpty)
  }
}
