import HTTP
import JSONScan

/// One watch: what it selects, and the stream that it writes to. Confined to the cluster's thread.
final class WatchStream {
  let resource: ResourceDefinition
  private let selection: Selection
  private let form: ObjectForm
  private let stream: HTTPBodyStream
  /// Events up to this version are not sent: the client named it and has them.
  private let after: UInt64
  private let scheduler: any ClusterScheduler
  /// Only the first table of a watch describes its columns.
  private var hasShownColumns = false

  init(
    resource: ResourceDefinition, selection: Selection, form: ObjectForm, after: UInt64,
    stream: HTTPBodyStream, scheduler: any ClusterScheduler
  ) {
    self.resource = resource
    self.selection = selection
    self.form = form
    self.after = after
    self.stream = stream
    self.scheduler = scheduler
  }

  var isClosed: Bool { stream.isClosed }

  /// Sends an event if it concerns the selection: entering it is an addition, leaving it a deletion.
  func offer(_ event: StoreEvent) {
    guard event.version > after else { return }
    let matched = event.previous.map(selection.matches) ?? false
    switch event.kind {
    case .added:
      if selection.matches(event.object) { send(event, .added) }
    case .modified:
      switch (matched, selection.matches(event.object)) {
      case (true, true): send(event, .modified)
      case (false, true): send(event, .added)
      case (true, false): send(event, .deleted, isLeaving: true)
      case (false, false): break
      }
    case .deleted:
      if matched { send(event, .deleted) }
    }
  }

  /// Sends an object that exists, at the start of a watch.
  func sendExisting(_ object: JSONValue) {
    guard selection.matches(object) else { return }
    stream.write(Self.line("ADDED", text(of: object)))
  }

  func sendBookmark(_ version: UInt64, endsInitialEvents: Bool = false) {
    var metadata: JSONObject = ["resourceVersion": .string(String(version))]
    if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
    var object: JSONValue
    switch form {
    case .whole:
      object = [
        "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
        "metadata": .object(metadata),
      ]
      for name in ["spec", "status"] + resource.zeroMembers.keys.sorted() where object[name] == nil {
        if let value = resource.zeroMembers[name] { object[name] = value }
      }
    case .metadata:
      object = ObjectText.partial(["metadata": .object(metadata)])
    case .table(let included):
      object = TableText(resource: resource, included: included, now: scheduler.seconds)
        .table([], metadata, showsColumns: false)
    }
    stream.write(Self.line("BOOKMARK", object.serialized(sortedKeys: resource.isCustom && form == .whole)))
  }

  /// Sends a `Status` as the last event.
  func sendError(_ error: APIError) {
    stream.write(Self.line("ERROR", error.status.serialized()))
  }

  /// Ends the stream as its time-out does.
  func end() { stream.end() }

  /// Cuts the connection in the middle of the answer.
  func cut() { stream.abort() }

  private func send(_ event: StoreEvent, _ change: WatchLineForm.Change, isLeaving: Bool = false) {
    let lineForm = WatchLineForm(
      change: change, form: form, apiVersion: resource.apiVersion, isLeaving: isLeaving)
    let make = {
      var object = event.object
      if isLeaving, let previous = event.previous {
        // The last state that matched, in the version in which it ceased to.
        object = previous
        object.set(.string(String(event.version)), at: ["metadata", "resourceVersion"])
      }
      return Self.line(change.rawValue, self.text(of: object))
    }
    // Tables show ages, so their texts are of the moment.
    if case .table = form { return stream.write(make()) }
    stream.write(event.line(lineForm, make: make))
  }

  private func text(of object: JSONValue) -> [UInt8] {
    guard case .table(let included) = form else {
      return ObjectText.text(object, resource, form, now: scheduler.seconds)
    }
    defer { hasShownColumns = true }
    return TableText(resource: resource, included: included, now: scheduler.seconds)
      .table(of: object, showsColumns: !hasShownColumns).serialized()
  }

  private static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(object.count + 32)
    line += "{\"type\":\"\(type)\",\"object\":".utf8
    line += object
    line += "}\n".utf8
    return line
  }
}
