import Testing

@testable import HubEngine

@Suite("The store of objects")
struct ObjectStoreTests {
  struct Key: Hashable {
    var namespace: UInt32
    var name: String
  }

  private static func record(_ uid: UInt128, _ namespace: UInt32) -> ObjectRecord {
    ObjectRecord(uid: uid, version: uid &* 3, flags: [], namespace: namespace)
  }

  private static func find(_ store: ObjectStore, _ key: Key) -> Int? {
    let name = [UInt8](key.name.utf8)
    return store.find(namespace: key.namespace, name: name.span.bytes)
  }

  private static func insert(_ store: inout ObjectStore, _ key: Key, uid: UInt128) {
    let name = [UInt8](key.name.utf8)
    let index = store.insert(record(uid, key.namespace), name: name.span.bytes)
    #expect(store.name(at: index) == key.name)
  }

  /// Everything that the model knows is found, with its own record, and nothing else.
  private static func verify(_ store: ObjectStore, _ model: [Key: UInt128]) {
    #expect(store.count == model.count)
    var wrong = 0
    for (key, uid) in model {
      guard let index = find(store, key), store[index].uid == uid, store[index].version == uid &* 3,
        store[index].namespace == key.namespace, store.name(at: index) == key.name
      else {
        wrong += 1
        continue
      }
    }
    #expect(wrong == 0)
  }

  @Test(
    "agrees with a dictionary in 30,000 random inserts, removes and looks", arguments: [1, 2] as [UInt64])
  func model(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var store = ObjectStore()
    var model: [Key: UInt128] = [:]
    for step in 0..<30_000 {
      // Names of one to 60 bytes that share long beginnings, in few namespaces, so that places collide.
      let number = random.number(from: 0, through: 2000)
      let key = Key(
        namespace: UInt32(number % 3),
        name: String(repeating: "n", count: Int(number % 50)) + String(number))
      let found = Self.find(store, key)
      #expect((found != nil) == (model[key] != nil))
      if let found {
        #expect(store[found].uid == model[key])
        if random.number(from: 0, through: 1) == 0 {
          store.remove(at: found)
          model[key] = nil
        }
      } else {
        model[key] = UInt128(step)
        Self.insert(&store, key, uid: UInt128(step))
      }
      if step % 5000 == 0 { Self.verify(store, model) }
    }
    Self.verify(store, model)
  }

  @Test("100,000 objects are all found, and the half that stays is found after the other half is gone")
  func many() {
    var store = ObjectStore()
    var model: [Key: UInt128] = [:]
    for number in 0..<100_000 {
      let key = Key(namespace: UInt32(number % 100), name: "object-\(number)")
      model[key] = UInt128(number)
      Self.insert(&store, key, uid: UInt128(number))
    }
    Self.verify(store, model)
    for number in stride(from: 0, to: 100_000, by: 2) {
      let key = Key(namespace: UInt32(number % 100), name: "object-\(number)")
      model[key] = nil
      guard let index = Self.find(store, key) else {
        Issue.record("\(key) is lost")
        continue
      }
      store.remove(at: index)
    }
    Self.verify(store, model)
  }

  @Test("names of every length up to the limit are kept apart")
  func lengths() {
    var store = ObjectStore()
    var model: [Key: UInt128] = [:]
    for length in 0...ObjectStore.maxNameBytes {
      let key = Key(namespace: 1, name: String(repeating: "x", count: length))
      model[key] = UInt128(length)
      Self.insert(&store, key, uid: UInt128(length))
    }
    Self.verify(store, model)
    // Equal but for the last byte, at lengths around the hash's words.
    for length in [1, 7, 8, 9, 15, 16, 17, 253] {
      let key = Key(namespace: 1, name: String(repeating: "x", count: length - 1) + "y")
      #expect(Self.find(store, key) == nil)
    }
  }

  @Test("the same name in another namespace is another object")
  func namespaces() {
    var store = ObjectStore()
    Self.insert(&store, Key(namespace: 1, name: "a"), uid: 1)
    Self.insert(&store, Key(namespace: 2, name: "a"), uid: 2)
    #expect(Self.find(store, Key(namespace: 1, name: "a")).map { store[$0].uid } == 1)
    #expect(Self.find(store, Key(namespace: 2, name: "a")).map { store[$0].uid } == 2)
    #expect(Self.find(store, Key(namespace: 3, name: "a")) == nil)
  }

  @Test("writing a record keeps its name and namespace, whatever is written")
  func write() {
    var store = ObjectStore()
    Self.insert(&store, Key(namespace: 1, name: "first"), uid: 1)
    Self.insert(&store, Key(namespace: 1, name: "second"), uid: 2)
    store[0] = Self.record(9, 77)
    #expect(store.name(at: 0) == "first" && store[0].namespace == 1 && store[0].uid == 9)
    #expect(Self.find(store, Key(namespace: 1, name: "first")) == 0)
  }

  @Test("names survive that the arena is packed, again and again")
  func packing() {
    var store = ObjectStore()
    var model: [Key: UInt128] = [:]
    let tail = String(repeating: "-", count: 200)
    for round in 0..<20 {
      for number in 0..<500 {
        let key = Key(namespace: 0, name: "\(round)-\(number)" + tail)
        model[key] = UInt128(number)
        Self.insert(&store, key, uid: UInt128(number))
      }
      for key in model.keys.filter({ !$0.name.hasPrefix("\(round)-1") }) {
        if let index = Self.find(store, key) { store.remove(at: index) }
        model[key] = nil
      }
      Self.verify(store, model)
    }
    // 10,000 names of 205 bytes came by: 2 MB. What is kept is of the order of what lives.
    #expect(store.heldBytes < 600_000)
  }

  @Test("a store that has shrunk gives its memory back")
  func shrinking() {
    var store = ObjectStore()
    for number in 0..<50_000 { Self.insert(&store, Key(namespace: 0, name: "object-\(number)"), uid: 1) }
    let full = store.heldBytes
    while store.count > 100 { store.remove(at: store.count - 1) }
    #expect(store.heldBytes * 10 < full)
    for number in 0..<100 {
      #expect(Self.find(store, Key(namespace: 0, name: "object-\(number)")) == number)
    }
  }

  @Test("a record is 64 bytes")
  func size() { #expect(MemoryLayout<ObjectRecord>.stride == 64) }
}
