import HubEngine

/// The page `/metrics`. All labels are bounded: resources followed, classes of answers, types of events; never names
/// of objects or subscriptions.
enum MetricsPage {
  private typealias Sample = MetricsWriter.Sample

  static func render(
    _ report: LoopReport, process: ProcessStatistics, format: MetricsFormat
  ) -> [UInt8] {
    var page = MetricsWriter(format)
    hub(report, &page)
    watches(report.engine.watches, &page)
    tenants(report.engine, &page)
    queue(report, &page)
    deliveries(report.engine, &page)
    requests(report.api, &page)
    if let journal = report.journal { self.journal(journal, at: report.time, &page) }
    self.process(process, &page)
    return page.finish()
  }

  private static func hub(_ report: LoopReport, _ page: inout MetricsWriter) {
    let engine = report.engine
    page.gauge(
      "frugalhub_build_info", "The version of this hub; always 1.",
      [Sample(["version": HubVersion.current], 1)])
    page.gauge(
      "frugalhub_synced", "Whether all watches have a complete list: what readyz says.",
      engine.isSynced && !report.isDraining ? 1 : 0)
    let ready = engine.subscriptions.map { subscription in
      subscription.conditions.first { $0.type == "Ready" }?.status.lowercased() ?? "unknown"
    }
    page.gauge(
      "frugalhub_subscriptions", "Subscriptions by their condition Ready.",
      ["false", "true", "unknown"].map { state in
        Sample(["ready": state], ready.count { $0 == state })
      })
    page.gauge(
      "frugalhub_subscriptions_refused", "Subscriptions that were not accepted.", Double(engine.refused.count)
    )
    page.gauge(
      "frugalhub_waiting_body_bytes", "Bytes of bodies that wait to be sent.",
      engine.waitingBodyBytes)
    page.counter("frugalhub_objects_seen", "Objects seen on watches and lists.", engine.counters.objectsSeen)
    page.counter("frugalhub_bodies_read", "Bodies that were read again.", engine.counters.bodiesRead)
    page.counter(
      "frugalhub_status_writes", "Writes of subscriptions' status.", engine.counters.statusWrites)
    page.counter(
      "frugalhub_kubernetes_events_written", "Kubernetes Events written on subscriptions.",
      engine.counters.announcements)
    page.counter(
      "frugalhub_kubernetes_events_dropped",
      "Kubernetes Events on subscriptions that the API server did not take.",
      engine.counters.announcementsDropped)
  }

  private static func watches(_ watches: [EngineSnapshot.Watch], _ page: inout MetricsWriter) {
    func samples(_ value: (EngineSnapshot.Watch) -> Double) -> [Sample] {
      watches.map { Sample(["resource": $0.resource], value($0)) }
    }
    page.gauge(
      "frugalhub_watch_synced", "Whether a complete list was seen and the stream is followed.",
      samples { $0.isSynced ? 1 : 0 })
    page.gauge(
      "frugalhub_watch_silent_seconds", "Time since anything arrived on the watch.",
      samples { $0.silentSeconds })
    page.gauge(
      "frugalhub_watch_objects", "Objects in the store: those that someone wants.",
      samples { Double($0.objects) })
    page.gauge(
      "frugalhub_watch_subscriptions", "Subscriptions that share the watch.",
      samples { Double($0.subscriptions) })
    page.counter(
      "frugalhub_watch_events", "Events seen on the watch, wanted or not.", samples { Double($0.events) })
    page.counter(
      "frugalhub_watch_lists", "Complete lists that were begun.", samples { Double($0.lists) })
    page.counter("frugalhub_watch_requests", "Watch requests.", samples { Double($0.watches) })
  }

  private static func tenants(_ engine: EngineSnapshot, _ page: inout MetricsWriter) {
    page.gauge("frugalhub_tenants", "Namespaces that have subscriptions.", Double(engine.tenants))
    page.gauge(
      "frugalhub_tenants_held_back", "Tenants that have something to send and may not now, by the limit.",
      [
        Sample(["by": "in_flight"], engine.tenantsHeldByShare),
        Sample(["by": "rate"], engine.tenantsHeldByRate),
      ])
    page.counter(
      "frugalhub_held_back", "How often a limit held a tenant back, or the hub's rate all.",
      [
        Sample(["by": "in_flight"], engine.counters.heldByShare),
        Sample(["by": "rate"], engine.counters.heldByTenantRate),
        Sample(["by": "hub_rate"], engine.counters.heldByHubRate),
      ])
    page.gauge(
      "frugalhub_subscriptions_over_quota", "Valid subscriptions that wait until others go.",
      Double(engine.overQuota))
  }

  /// The names of client-go's work queue, so that dashboards made for controllers fit.
  private static func queue(_ report: LoopReport, _ page: inout MetricsWriter) {
    let name: MetricsWriter.Labels = ["name": "deliveries"]
    let counters = report.engine.counters
    page.gauge(
      "workqueue_depth", "Keys that wait to be sent.", [Sample(name, report.engine.queueDepth)])
    page.counter("workqueue_adds", "Keys that became dirty.", [Sample(name, counters.keysAdded)])
    page.counter("workqueue_retries", "Attempts after the first.", [Sample(name, counters.retries)])
    page.histogram(
      "workqueue_queue_duration_seconds", "From a change seen to the attempt sent.", name,
      counters.queueLatency)
    page.histogram(
      "workqueue_work_duration_seconds", "From an attempt sent to its answer.", name,
      counters.deliveryLatency)
    page.gauge(
      "workqueue_unfinished_work_seconds", "The sum of the ages of the deliveries in flight.",
      [Sample(name, report.sinks.unfinishedSeconds)])
    page.gauge(
      "workqueue_longest_running_processor_seconds", "The age of the oldest delivery in flight.",
      [Sample(name, report.sinks.longestSeconds)])
  }

  private static func deliveries(_ engine: EngineSnapshot, _ page: inout MetricsWriter) {
    let counters = engine.counters
    page.counter(
      "frugalhub_deliveries", "Acknowledged deliveries by type of event.",
      [
        Sample(["type": "add"], counters.deliveredAdd),
        Sample(["type": "update"], counters.deliveredUpdate),
        Sample(["type": "delete"], counters.deliveredDelete),
      ])
    page.counter("frugalhub_delivery_attempts", "Attempts sent.", counters.attempts)
    page.counter(
      "frugalhub_delivery_answers", "Answers of sinks by class; none: no answer came.",
      [
        Sample(["class": "2xx"], counters.answers2xx), Sample(["class": "3xx"], counters.answers3xx),
        Sample(["class": "4xx"], counters.answers4xx), Sample(["class": "5xx"], counters.answers5xx),
        Sample(["class": "none"], counters.noAnswer),
      ])
    page.histogram(
      "frugalhub_delivery_duration_seconds", "From an attempt sent to its answer.", [:],
      counters.deliveryLatency)
    page.gauge(
      "frugalhub_keys", "Keys by what they wait for.",
      [
        Sample(["state": "waiting"], engine.queueDepth), Sample(["state": "in_flight"], engine.inFlight),
        Sample(["state": "backing_off"], engine.backingOff), Sample(["state": "parked"], engine.parked),
        Sample(["state": "dead_letter"], engine.letters),
      ])
    page.gauge(
      "frugalhub_sinks", "Sinks, each tenant's for itself, by how they fare.",
      engine.sinks.keys.sorted().map { Sample(["state": $0], engine.sinks[$0] ?? 0) })
    page.counter(
      "frugalhub_dead_letters", "Events that failed for good, by what became of their dead letter.",
      [
        Sample(["state": "written"], counters.deadLetters),
        Sample(["state": "delivered"], counters.deadLettersDelivered),
        Sample(["state": "failed"], counters.deadLettersFailed),
      ])
    page.counter("frugalhub_parked", "Rejections and exhausted retries.", counters.parked)
    page.counter("frugalhub_changes_merged", "Changes merged into a key that waited.", counters.merged)
    page.counter(
      "frugalhub_requeues", "Keys sent again because their reconciler asked for it.", counters.requeues)
    page.counter(
      "frugalhub_keys_superseded", "Keys that vanished or were superseded before an attempt.",
      counters.superseded)
    page.counter("frugalhub_events_gated", "Events held back by a gate.", counters.gated)
    page.counter(
      "frugalhub_filter_failures", "Errors of filters' expressions, each of which counts as false.",
      counters.filterFailures)
    page.counter(
      "frugalhub_keys_forgotten",
      "Keys forgotten as their subscription was edited or went, or lost its rights.",
      counters.forgotten)
    page.counter(
      "frugalhub_access_reviews",
      "Reviews of one right of a service account by answer; failed: none that says it.",
      [
        Sample(["answer": "allowed"], counters.reviewsAllowed),
        Sample(["answer": "denied"], counters.reviewsDenied),
        Sample(["answer": "failed"], counters.reviewsFailed),
      ])
  }

  private static func requests(_ api: APIStatistics, _ page: inout MetricsWriter) {
    let outcomes = api.requests.sorted { ($0.key.method, $0.key.code) < ($1.key.method, $1.key.code) }
    page.counter(
      "rest_client_requests", "Requests to the API server by status and method.",
      outcomes.map { Sample(["code": $0.key.code, "method": $0.key.method], $0.value) })
    page.gauge(
      "frugalhub_api_requests_in_flight",
      "Requests to the API server that have not ended, watches among them.",
      Double(api.inFlight))
  }

  private static func journal(
    _ journal: JournalStatistics, at time: EngineTime, _ page: inout MetricsWriter
  ) {
    page.counter("frugalhub_journal_frames", "Frames of the journal that became durable.", journal.frames)
    page.counter("frugalhub_journal_bytes", "Bytes of those frames.", journal.bytes)
    page.counter(
      "frugalhub_journal_dropped_frames", "Frames that were dropped while the journal failed.",
      journal.dropped)
    page.histogram(
      "frugalhub_journal_sync_duration_seconds", "How long the syncs of the journal took.", [:], journal.syncs
    )
    page.counter(
      "frugalhub_journal_cpu_seconds", "CPU time of the thread that writes the journal.",
      [Sample([:], Double(journal.cpuNanoseconds) / 1e9)])
    page.gauge(
      "frugalhub_journal_waiting_bytes", "Bytes of frames that wait for the disk.", journal.waitingBytes)
    page.gauge("frugalhub_journal_files", "Files of the journal.", journal.files)
    page.gauge("frugalhub_journal_file_bytes", "Bytes of those files.", Double(journal.fileBytes))
    page.gauge(
      "frugalhub_journal_failing", "Whether the journal fails, so that a crash may lose what was told.",
      journal.problem == nil ? 0 : 1)
    if let age = journal.imageAgeSeconds(at: time) {
      page.gauge(
        "frugalhub_journal_image_age_seconds", "Time since the newest image of the state was begun.", age)
    }
  }

  private static func process(_ process: ProcessStatistics, _ page: inout MetricsWriter) {
    page.counter(
      "process_cpu_seconds", "User and system time of this process.", [Sample([:], process.cpuSeconds)])
    page.gauge(
      "process_resident_memory_bytes", "Resident memory of this process.", Double(process.residentBytes))
    page.gauge(
      "process_virtual_memory_bytes", "Virtual memory of this process.", Double(process.virtualBytes))
    page.gauge("process_open_fds", "Open file descriptors.", Double(process.openDescriptors))
    page.gauge("process_max_fds", "The limit of open file descriptors.", Double(process.maxDescriptors))
    page.gauge("process_threads", "Threads of this process.", Double(process.threads))
    page.gauge(
      "process_start_time_seconds", "When this process began, since 1970.", process.startSeconds)
  }
}
