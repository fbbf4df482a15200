/// A large part that most values lack: it is kept apart, so that those who lack it pay 8 bytes for it. Still a value:
/// what is apart is never changed, only replaced.
@propertyWrapper
struct Aside<Value: Sendable>: Sendable {
  private final class Box: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private var box: Box?

  init(wrappedValue: Value?) { box = wrappedValue.map { Box($0) } }

  var wrappedValue: Value? {
    get { box?.value }
    set { box = newValue.map { Box($0) } }
  }
}
