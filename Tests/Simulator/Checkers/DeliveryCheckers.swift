import HubEngine
import JSONScan

/// One incarnation as one sink hears of it.
private struct Line: Hashable {
  var url: String
  var key: String
  var uid: String

  init(_ sent: Sent) {
    url = sent.request.url
    key = sent.key
    uid = sent.uid
  }
}

/// `CheckerName.oneInFlight`.
struct OneInFlightChecker {
  private var seen = 0

  mutating func check(_ world: World) -> [Violation] {
    defer { seen = world.overlaps.count }
    return world.overlaps[seen...].map { Violation(.oneInFlight, "another of this key is under way", $0) }
  }
}

/// `CheckerName.versionOrder`.
struct VersionOrderChecker {
  private var newest: [Line: String] = [:]

  mutating func sent(_ sent: Sent) -> [Violation] {
    guard let sequence = sent.sequence else { return [] }
    let before = newest.updateValue(sequence, forKey: Line(sent))
    guard let before, sequence < before else { return [] }
    return [Violation(.versionOrder, "the sequence goes back from \(before)", sent)]
  }

  /// What it had seen and not kept, the next hub sees again.
  mutating func hubForgot() { newest = [:] }
}

/// `CheckerName.eventIdentity`.
struct EventIdentityChecker {
  private var meanings: [String: String] = [:]
  private var bodies: [String: [UInt8]] = [:]
  private var done: Set<String> = []

  mutating func sent(_ sent: Sent) -> [Violation] {
    var found: [Violation] = []
    let meaning = "\(sent.operation) \(sent.key) \(sent.uid) \(sent.sequence ?? "")"
    if let before = meanings.updateValue(meaning, forKey: sent.eventID), before != meaning {
      found.append(Violation(.eventIdentity, "its id was that of \(before)", sent))
    }
    // A body that was read again may be of a newer version, and a list's has its members in another order.
    let version = sent.isWhole ? sent.body["metadata"]?["resourceVersion"]?.string ?? "partial" : "reference"
    let text = sent.isWhole ? sent.body["spec"]?.serialized() ?? [] : sent.request.body
    if let before = bodies.updateValue(text, forKey: sent.eventID + version), before != text {
      found.append(Violation(.eventIdentity, "its id had another text", sent))
    }
    if done.contains(sent.eventID) {
      found.append(Violation(.eventIdentity, "its id was told successfully before", sent))
    }
    return found
  }

  /// The hub was told that it succeeded.
  mutating func acknowledged(_ sent: Sent) { done.insert(sent.eventID) }

  /// An answer that it had not kept is unknown to the next hub.
  mutating func hubForgot() { done = [] }
}

/// `CheckerName.eventType`: add, until it was acknowledged; then update; a delete only of what was attempted.
struct EventTypeChecker {
  private var acknowledged: [String: [String: String]] = [:]
  private var attempted: Set<String> = []
  /// A hub died with a part of its journal: what it had been told, it may tell again.
  private var isForgetful = false

  /// An attempt waits for the journal: to the hub it counts, although it may never leave.
  mutating func waits(_ sent: Sent) { attempted.insert(sent.uid) }

  mutating func sent(_ sent: Sent) -> [Violation] {
    if sent.operation == "delete" {
      if attempted.contains(sent.uid) { return [] }
      return [Violation(.eventType, "a delete of what was never attempted", sent)]
    }
    attempted.insert(sent.uid)
    guard sent.uid != Owner.uid else { return [] }
    let expected = acknowledged[sent.request.url]?[sent.key] == sent.uid ? "update" : "add"
    if sent.operation == expected || isForgetful && sent.operation == "add" { return [] }
    return [Violation(.eventType, "should be an \(expected)", sent)]
  }

  mutating func acknowledged(_ sent: Sent) {
    let url = sent.request.url
    if sent.operation != "delete" {
      if sent.uid != Owner.uid { acknowledged[url, default: [:]][sent.key] = sent.uid }
    } else if acknowledged[url]?[sent.key] == sent.uid {
      acknowledged[url]?[sent.key] = nil
    }
  }

  mutating func hubForgot() { isForgetful = true }
}

/// `CheckerName.isolation`.
struct IsolationChecker {
  func sent(_ sent: Sent, of tenant: Tenant, _ cluster: FakeCluster) -> [Violation] {
    let subject = sent.header("ce-hubsubscription") ?? tenant.name
    let isEverywhere = tenant.forms.contains { $0.isEverywhere }
    if !isEverywhere, !sent.namespace.isEmpty, sent.namespace != tenant.namespace {
      return [Violation(.isolation, "a delivery of another namespace to \(subject)", sent)]
    }
    guard sent.operation != "delete", let told = sent.toldVersion,
      let resource = Simulation.resources.first(where: { $0.kind == sent.header("ce-kind") })
    else { return [] }
    let key = FakeCluster.Key(namespace: sent.namespace, name: sent.name)
    let objects = cluster.wasEver(resource, key, at: told)
    if objects.isEmpty { return [Violation(.isolation, "there never was such a version", sent)] }
    let isWanted = objects.contains { object in
      tenant.forms.contains { $0.matchesObject(object, resource, tenant: tenant.namespace) }
    }
    return isWanted ? [] : [Violation(.isolation, "\(tenant.name) never asked for it", sent)]
  }
}

/// `CheckerName.bodyTruth`.
struct BodyTruthChecker {
  func sent(_ sent: Sent, _ cluster: FakeCluster) -> [Violation] {
    guard sent.isWhole, sent.operation != "delete", let told = sent.toldVersion,
      let resource = Simulation.resources.first(where: { $0.kind == sent.header("ce-kind") })
    else { return [] }
    guard let held = Int(sent.body["metadata"]?["resourceVersion"]?.string ?? "") else {
      return [Violation(.bodyTruth, "the body has no version", sent)]
    }
    if held < told { return [Violation(.bodyTruth, "the body is of the older version \(held)", sent)] }
    let key = FakeCluster.Key(namespace: sent.namespace, name: sent.name)
    let isTrue = cluster.wasEver(resource, key, at: held).contains { object in
      object["spec"] == sent.body["spec"] && object["metadata"]?["uid"] == sent.body["metadata"]?["uid"]
    }
    return isTrue ? [] : [Violation(.bodyTruth, "the body is not that of version \(held)", sent)]
  }
}

extension Sent {
  /// Its data is the object itself.
  var isWhole: Bool { type.contains(".resource.") }

  /// The version that it tells, where that is a number.
  var toldVersion: Int? { sequence.flatMap { Int($0.split(separator: ".").last ?? "") } }
}
