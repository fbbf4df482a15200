import Kubernetes
import Testing

@testable import HubEngine

@Suite("Numbers for names")
struct ByteTableTests {
  private static func find(_ table: ByteTable, _ name: String) -> UInt32? {
    let bytes = [UInt8](name.utf8)
    return table.find(bytes.span.bytes)
  }

  @Test("each distinct name gets the next number, and keeps it")
  func numbers() {
    var table = ByteTable()
    #expect(Self.find(table, "a") == nil)
    for round in 0..<2 {
      for number in 0..<5000 {
        #expect(table.intern("namespace-\(number)") == UInt32(number), "round \(round)")
      }
    }
    #expect(table.count == 5000)
    for number in 0..<5000 {
      #expect(table.text(UInt32(number)) == "namespace-\(number)")
      #expect(Self.find(table, "namespace-\(number)") == UInt32(number))
    }
    #expect(Self.find(table, "namespace-5000") == nil)
  }

  @Test("the empty name is a name; names that begin alike differ")
  func edges() {
    var table = ByteTable()
    #expect(table.intern("") == 0)
    #expect(table.intern("a") == 1)
    #expect(table.intern("aaaaaaaa") == 2)
    #expect(table.intern("aaaaaaaaa") == 3)
    #expect(table.intern("aaaaaaab") == 4)
    #expect(table.intern("") == 0)
    #expect(table.text(0) == "" && table.text(3) == "aaaaaaaaa")
  }

  @Test("hashes of nearby names spread over the places")
  func spread() {
    var places: Set<UInt64> = []
    for number in 0..<4096 {
      let bytes = [UInt8]("pod-\(number)".utf8)
      places.insert(bytes.span.bytes.tableHash(seed: 0) & 0xFFFF)
    }
    // By chance 3,971 of 65,536 places are taken.
    #expect(places.count > 3800)
  }
}

@Suite("Numbers for groups and kinds")
struct KindTableTests {
  @Test("a group and kind keeps its number")
  func numbers() {
    var table = KindTable()
    let foo = GroupKind(group: "samplecontroller.k8s.io", kind: "Foo")
    let other = GroupKind(group: "other.example", kind: "Foo")
    #expect(table.number(foo) == 0)
    #expect(table.number(other) == 1)
    #expect(table.number(foo) == 0)
    #expect(table[0] == foo && table[1] == other)
  }
}

@Suite("Numbers for owners")
struct OwnerTableTests {
  private static func owner(_ number: UInt64) -> OwnerReference {
    OwnerReference(apiVersion: "v1", kind: "Foo", name: "foo-\(number)", uid: "uid-\(number)")
  }

  @Test("agrees with a count of uses in 20,000 random steps, and is empty when all are released")
  func model() {
    var random = SeededRandom(seed: 5)
    var table = OwnerTable()
    var held: [(number: UInt32, owner: OwnerReference)] = []
    for _ in 0..<20_000 {
      if random.number(from: 0, through: 1) == 0 || held.isEmpty {
        let owner = Self.owner(random.number(from: 0, through: 40))
        let number = table.retain(owner)
        #expect(number != 0)
        #expect(held.allSatisfy { ($0.owner == owner) == ($0.number == number) })
        held.append((number, owner))
      } else {
        let last = held.count - 1
        held.swapAt(Int(random.number(from: 0, through: UInt64(last))), last)
        table.release(held.removeLast().number)
      }
      if held.count > 60 { table.release(held.removeFirst().number) }
      #expect(Set(held.map(\.number)).allSatisfy { table[$0] != nil })
    }
    for (number, _) in held { table.release(number) }
    #expect(table.inUse == 0)
    // Numbers are used again: 41 owners never need more than 41 numbers.
    #expect((1...41).contains(Int(table.retain(Self.owner(0)))))
  }

  @Test("0 is no owner, and releasing it does nothing")
  func none() {
    var table = OwnerTable()
    table.release(0)
    #expect(table[0] == nil)
  }

  @Test("the same name with another uid is another owner")
  func uids() {
    var table = OwnerTable()
    var other = Self.owner(1)
    other.uid = "another"
    #expect(table.retain(Self.owner(1)) != table.retain(other))
  }
}

@Suite("Sets of interests")
struct InterestSetsTests {
  @Test("agrees with plain sets in 20,000 random steps, and is empty when all are released")
  func model() {
    var random = SeededRandom(seed: 9)
    var sets = InterestSets()
    var held: [(number: UInt32, members: [UInt32])] = []
    for _ in 0..<20_000 {
      if random.number(from: 0, through: 1) == 0 || held.isEmpty {
        let bits = random.number(from: 0, through: 63)
        let members = (0..<6).filter { bits >> $0 & 1 == 1 }.map(UInt32.init)
        held.append((sets.retain(members), members))
      } else {
        let last = held.count - 1
        held.swapAt(Int(random.number(from: 0, through: UInt64(last))), last)
        sets.release(held.removeLast().number)
      }
      if held.count > 50 { sets.release(held.removeFirst().number) }
      #expect(held.allSatisfy { sets[$0.number] == $0.members })
      for member in 0..<6 as Range<UInt32> {
        #expect(sets.anyContains(member) == held.contains { $0.members.contains(member) })
      }
    }
    for (number, _) in held { sets.release(number) }
    #expect(sets.inUse == 0)
    #expect((0..<6).allSatisfy { !sets.anyContains($0) })
  }

  @Test("equal sets share one number; the empty set is 0 and needs no release")
  func sharing() {
    var sets = InterestSets()
    let first = sets.retain([1, 2])
    #expect(sets.retain([1, 2]) == first)
    #expect(sets.retain([1, 3]) != first)
    #expect(sets.retain([]) == 0)
    sets.release(0)
    #expect(sets[0] == [])
    sets.release(first)
    #expect(sets[first] == [1, 2])
    #expect(sets.inUse == 2)
  }
}
