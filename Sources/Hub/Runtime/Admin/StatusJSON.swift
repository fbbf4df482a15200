import CloudEvents
import HubEngine
import JSONScan

/// The page `/api/v1/status`: the report as JSON. Fields are added in later versions, never changed.
enum StatusJSON {
  static func render(_ report: LoopReport, source: String) -> [UInt8] {
    let engine = report.engine
    var json = JSONWriter()
    json.beginObject()
    json.key("version")
    json.string(HubVersion.current)
    json.key("time")
    json.string(RFC3339.string(nanosecondsSince1970: report.time.wall))
    json.key("apiServer")
    apiServer(report.api, source: source, &json)
    json.key("synced")
    json.bool(engine.isSynced)
    json.key("draining")
    json.bool(report.isDraining)
    json.key("waitingFor")
    strings(engine.waitingFor, &json)
    json.key("watches")
    json.beginArray()
    for watch in engine.watches { self.watch(watch, &json) }
    json.endArray()
    json.key("subscriptions")
    json.beginArray()
    for subscription in engine.subscriptions { self.subscription(subscription, &json) }
    json.endArray()
    json.key("refused")
    strings(engine.refused, &json)
    json.key("queue")
    queue(engine, &json)
    json.key("journal")
    if let journal = report.journal { self.journal(journal, at: report.time, &json) } else { json.null() }
    json.key("counters")
    counters(engine.counters, &json)
    json.endObject()
    return json.take()
  }

  private static func apiServer(_ api: APIStatistics, source: String, _ json: inout JSONWriter) {
    json.beginObject()
    json.key("url")
    json.string(source)
    json.key("problem")
    if let problem = api.problem { json.string(problem.phrase) } else { json.null() }
    json.endObject()
  }

  private static func watch(_ watch: EngineSnapshot.Watch, _ json: inout JSONWriter) {
    json.beginObject()
    json.key("resource")
    json.string(watch.resource)
    json.key("phase")
    json.string(watch.phase)
    json.key("synced")
    json.bool(watch.isSynced)
    json.key("resourceVersion")
    if let version = watch.version { json.string(version) } else { json.null() }
    json.key("silentSeconds")
    number(watch.silentSeconds, &json)
    integers(
      [
        ("objects", watch.objects), ("subscriptions", watch.subscriptions), ("lists", watch.lists),
        ("watches", watch.watches), ("events", watch.events),
      ], &json)
    json.key("problem")
    if let problem = watch.problem { json.string(problem) } else { json.null() }
    json.endObject()
  }

  private static func subscription(_ subscription: EngineSnapshot.Subscription, _ json: inout JSONWriter) {
    json.beginObject()
    json.key("namespace")
    json.string(subscription.namespace)
    json.key("name")
    json.string(subscription.name)
    json.key("origin")
    json.string(subscription.origin)
    json.key("sinkUri")
    if let sink = subscription.sinkURI { json.string(sink) } else { json.null() }
    json.key("conditions")
    json.beginArray()
    for condition in subscription.conditions {
      json.beginObject()
      json.key("type")
      json.string(condition.type)
      json.key("status")
      json.string(condition.status)
      json.key("reason")
      json.string(condition.reason)
      json.key("message")
      json.string(condition.message)
      json.endObject()
    }
    json.endArray()
    integers(
      [
        ("pending", subscription.pending), ("inFlight", subscription.inFlight),
        ("parked", subscription.parked), ("delivered", subscription.delivered),
        ("failed", subscription.failed),
      ], &json)
    json.key("oldestSeconds")
    number(subscription.oldestSeconds, &json)
    json.endObject()
  }

  private static func queue(_ engine: EngineSnapshot, _ json: inout JSONWriter) {
    json.beginObject()
    integers(
      [
        ("waiting", engine.queueDepth), ("inFlight", engine.inFlight), ("backingOff", engine.backingOff),
        ("parked", engine.parked), ("waitingBodyBytes", engine.waitingBodyBytes),
      ], &json)
    json.endObject()
  }

  private static func journal(
    _ journal: JournalStatistics, at time: EngineTime, _ json: inout JSONWriter
  ) {
    json.beginObject()
    json.key("directory")
    json.string(journal.path)
    json.key("problem")
    if let problem = journal.problem { json.string(problem) } else { json.null() }
    integers(
      [
        ("frames", journal.frames), ("bytes", journal.bytes), ("droppedFrames", journal.dropped),
        ("syncs", journal.syncs.count), ("waitingBytes", journal.waitingBytes), ("files", journal.files),
        ("fileBytes", Int(journal.fileBytes)),
      ], &json)
    json.key("imageAgeSeconds")
    if let age = journal.imageAgeSeconds(at: time) { number(age, &json) } else { json.null() }
    json.endObject()
  }

  private static func counters(_ counters: EngineCounters, _ json: inout JSONWriter) {
    json.beginObject()
    integers(
      [
        ("objectsSeen", counters.objectsSeen), ("keysAdded", counters.keysAdded),
        ("merged", counters.merged), ("attempts", counters.attempts), ("retries", counters.retries),
        ("deliveredAdd", counters.deliveredAdd), ("deliveredUpdate", counters.deliveredUpdate),
        ("deliveredDelete", counters.deliveredDelete), ("noAnswer", counters.noAnswer),
        ("answers2xx", counters.answers2xx), ("answers3xx", counters.answers3xx),
        ("answers4xx", counters.answers4xx), ("answers5xx", counters.answers5xx),
        ("parked", counters.parked), ("superseded", counters.superseded), ("gated", counters.gated),
        ("forgotten", counters.forgotten), ("statusWrites", counters.statusWrites),
        ("bodiesRead", counters.bodiesRead), ("reviewsAllowed", counters.reviewsAllowed),
        ("reviewsDenied", counters.reviewsDenied), ("reviewsFailed", counters.reviewsFailed),
      ], &json)
    json.endObject()
  }

  private static func integers(_ fields: [(String, Int)], _ json: inout JSONWriter) {
    for (name, value) in fields {
      json.key(name)
      json.int(value)
    }
  }

  private static func strings(_ values: [String], _ json: inout JSONWriter) {
    json.beginArray()
    for value in values { json.string(value) }
    json.endArray()
  }

  /// JSON has no infinity; milliseconds are exact enough.
  private static func number(_ value: Double, _ json: inout JSONWriter) {
    let rounded = value.isFinite ? (value * 1000).rounded() / 1000 : 0
    json.raw([UInt8]("\(rounded)".utf8))
  }
}
