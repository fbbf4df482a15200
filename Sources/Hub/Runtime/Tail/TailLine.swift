import CloudEvents
import HubEngine
import JSONScan

/// One line of `hub tail`: an event that would be sent, or an object that is not told and why.
public struct TailLine: Sendable {
  /// What it is about.
  public enum Matter: Sendable, Equatable {
    /// An event: its attributes by name, and its data.
    case event(attributes: [String: String], data: [UInt8])
    /// Something that is not told.
    case untold(Untold)
  }

  /// The subscription, as `namespace/name`.
  public let subscription: String
  /// When, in nanoseconds since 1970.
  public let wall: Int64
  /// What it is about.
  public let matter: Matter

  /// The line for people; with `names` also the subscription's.
  public func text(names: Bool) -> String {
    let head = LogLine.timestamp(wall) + (names ? " [\(subscription)] " : " ")
    switch matter {
    case .event(let attributes, _):
      let event = TailedEvent(attributes)
      return head + Self.padded(event.operation) + " " + event.key + ": " + event.why
    case .untold(let untold):
      let key = Self.key(untold.apiVersion, untold.kind, untold.namespace, untold.name)
      return head + Self.padded("-") + " \(key): not sent, by \(untold.reason.field): \(untold.reason.words)"
    }
  }

  /// The line for programs.
  public var json: JSONValue {
    var object: JSONValue = ["time": .string(LogLine.timestamp(wall)), "subscription": .string(subscription)]
    switch matter {
    case .event(let attributes, let data):
      let event = TailedEvent(attributes)
      object["sent"] = true
      object["operation"] = .string(event.operation)
      object["cause"] = .string(event.cause)
      for name in ["apiversion", "kind", "namespace", "name"] {
        object[name == "apiversion" ? "apiVersion" : name] = .string(attributes[name] ?? "")
      }
      object["why"] = .string(event.why)
      var all: JSONValue = [:]
      for (name, value) in attributes.sorted(by: { $0.key < $1.key }) { all[name] = .string(value) }
      object["attributes"] = all
      object["data"] = (try? JSONValue(parsing: data)) ?? .null
    case .untold(let untold):
      object["sent"] = false
      object["sight"] = .string(untold.sight.rawValue)
      object["apiVersion"] = .string(untold.apiVersion)
      object["kind"] = .string(untold.kind)
      object["namespace"] = .string(untold.namespace)
      object["name"] = .string(untold.name)
      object["field"] = .string(untold.reason.field)
      object["why"] = .string(untold.reason.words)
    }
    return object
  }

  static func key(_ apiVersion: String, _ kind: String, _ namespace: String, _ name: String) -> String {
    "\(apiVersion) \(kind) " + (namespace.isEmpty ? name : "\(namespace)/\(name)")
  }

  private static func padded(_ word: String) -> String {
    word + String(repeating: " ", count: max(0, "update".count - word.count))
  }
}

/// What the attributes of an event say.
struct TailedEvent {
  private let attributes: [String: String]

  init(_ attributes: [String: String]) { self.attributes = attributes }

  /// The attributes in the headers of a request in HTTP binary mode.
  static func attributes(of headers: [HeaderField]) -> [String: String] {
    var attributes: [String: String] = [:]
    for header in headers where header.name.lowercased().hasPrefix("ce-") {
      attributes[String(header.name.lowercased().dropFirst(3))] = header.value
    }
    return attributes
  }

  /// `add`, `update` or `delete`.
  var operation: String {
    let type = attributes["type"] ?? ""
    return type.lastIndex(of: ".").map { String(type[type.index(after: $0)...]) } ?? type
  }

  /// `initial`, `change`, `resync` or `requeue`.
  var cause: String { attributes["hubcause"] ?? "" }

  var key: String {
    TailLine.key(
      attributes["apiversion"] ?? "", attributes["kind"] ?? "", attributes["namespace"] ?? "",
      attributes["name"] ?? "")
  }

  /// The reason of the event.
  var why: String {
    switch (cause, attributes["hubvia"]) {
    case ("initial", nil): "initial: it exists and matches"
    case ("initial", let child?): "initial: its \(child) exists and matches"
    case ("change", nil): "change: " + changed
    case ("change", let child?): "change: its \(child) was made, changed or went"
    case ("resync", _): "resync: the period is over"
    case (let other, _): other
    }
  }

  private var changed: String {
    switch (operation, attributes["hubreason"]) {
    case ("add", _): "it was made, or matches from now on"
    case ("delete", "left"): "it matches no more"
    case ("delete", _): "it was deleted"
    default: "it is another than it was"
    }
  }
}
