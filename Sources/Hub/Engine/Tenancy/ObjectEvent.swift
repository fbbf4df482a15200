import JSONScan

/// A Kubernetes Event (core/v1, which `kubectl describe` shows) on an OperatorSubscription.
struct ObjectEvent: Sendable {
  /// Who writes them, as the Event's `reportingComponent`.
  static let reporter = "frugalhub.dev/hub"
  /// The label by which the hub knows its own Events, also where only metadata is watched (SEMANTICS 6).
  static let label = (name: "frugalhub.dev/written-by", value: "hub")
  /// The longest message, in bytes, that the API takes.
  static let maxMessageBytes = 1024
  /// Bytes of the subscription's name in the Event's name; with the hash it is below the limit of 253.
  static let maxNamePrefix = 200

  var uid: String
  var namespace: String
  var name: String
  var announcement: Announcements.Announcement
  /// When it is told, in nanoseconds since 1970.
  var time: Int64

  static func path(namespace: String) -> String { "/api/v1/namespaces/\(namespace)/events" }

  /// The same for the same words of the same spell, also after a restart: the API server then knows it already. What a
  /// failing sink says differs from time to time, and does not count.
  var eventName: String {
    var hash = StableHash()
    hash.combine(uid)
    hash.combine(UInt64(announcement.concern.rawValue))
    hash.combine(announcement.words.reason)
    let isOfSink = announcement.concern == .failing || announcement.concern == .recovered
    hash.combine(isOfSink ? "" : announcement.words.message)
    hash.combine(announcement.spell)
    let digits = String(UInt64(truncatingIfNeeded: hash.value()), radix: 16)
    var prefix = name.prefix(Self.maxNamePrefix)
    while let last = prefix.last, last == "." || last == "-" { prefix.removeLast() }
    return prefix + "." + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The body of the POST.
  func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    Self.members([("apiVersion", "v1"), ("kind", "Event")], &writer)
    writer.key("metadata")
    writer.beginObject()
    Self.members([("name", eventName), ("namespace", namespace)], &writer)
    writer.key("labels")
    writer.beginObject()
    Self.members([(Self.label.name, Self.label.value)], &writer)
    writer.endObject()
    writer.endObject()
    writer.key("involvedObject")
    writer.beginObject()
    Self.members(
      [
        ("apiVersion", SubscriptionParser.apiVersion), ("kind", SubscriptionParser.kind),
        ("namespace", namespace), ("name", name), ("uid", uid),
      ], &writer)
    writer.endObject()
    let message = SubscriptionStatus.clipped(announcement.words.message, to: Self.maxMessageBytes)
    Self.members(
      [
        ("type", announcement.isWarning ? "Warning" : "Normal"), ("reason", announcement.words.reason),
        ("message", message), ("firstTimestamp", StatusTime.text(time)),
        ("lastTimestamp", StatusTime.text(time)),
      ], &writer)
    writer.key("count")
    writer.int(1)
    writer.key("source")
    writer.beginObject()
    Self.members([("component", Self.reporter)], &writer)
    writer.endObject()
    Self.members([("reportingComponent", Self.reporter), ("reportingInstance", "frugalhub")], &writer)
    writer.endObject()
    return writer.take()
  }

  private static func members(_ members: [(String, String)], _ writer: inout JSONWriter) {
    for (key, value) in members {
      writer.key(key)
      writer.string(value)
    }
  }
}
