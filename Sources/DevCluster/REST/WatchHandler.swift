import HTTP

/// Begins watches: decides from where, sends what the client lacks, and hands the stream to the hub.
struct WatchHandler {
  /// How long a watch lasts that names no time-out: a real server takes 30 to 60 minutes at random.
  private static let defaultTimeoutSeconds = 1800...3600

  let api: APIServer
  let resource: ResourceDefinition
  let namespace: String?
  let options: ListOptions

  func begin(_ form: ObjectForm, _ responder: HTTPResponder) throws(APIError) {
    let version = try options.version()
    if options.sendsInitialEvents != nil, !api.configuration.servesWatchList {
      throw .invalidListOptions(
        field: "sendInitialEvents", reason: "FieldValueForbidden",
        "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")
    }
    guard let table = api.store.table(resource.id) else { throw .notFound(resource, "") }
    // "" and "0" begin with what exists, and so does a streamed list from any version.
    let sendsExisting = options.sendsInitialEvents ?? (version == 0)
    if sendsExisting, version > api.store.version {
      throw .versionTooLarge(version, current: api.store.version)
    }
    let stream = responder.stream(
      status: 200,
      headers: ["Cache-Control": "no-cache, private", "Content-Type": "application/json"])
    let isFromNow = !sendsExisting && version == 0
    let after = sendsExisting || isFromNow ? api.store.version : version
    let watch = WatchStream(
      resource: resource,
      selection: Selection(namespace: namespace, labels: options.labels, fields: options.fields), form: form,
      after: after, stream: stream, scheduler: api.store.scheduler)

    if sendsExisting {
      for key in table.keys(namespace: namespace) {
        if let object = table[key] { watch.sendExisting(object) }
      }
      if options.sendsInitialEvents == true, options.allowsBookmarks {
        watch.sendBookmark(api.store.version, endsInitialEvents: true)
      }
    } else {
      guard let missed = table.history.events(after: after) else {
        watch.sendError(
          .expired("too old resource version: \(version) (\(table.history.completeAfter))"))
        watch.end()
        return
      }
      for event in missed { watch.offer(event) }
    }
    follow(watch, stream)
  }

  private func follow(_ watch: WatchStream, _ stream: HTTPBodyStream) {
    let seconds = options.timeoutSeconds.flatMap { $0 > 0 ? $0 : nil }
    let hub = api.watches
    hub.add(
      watch, timeoutSeconds: seconds ?? Int.random(in: Self.defaultTimeoutSeconds),
      allowsBookmarks: options.allowsBookmarks)
    api.whenClosed(stream) { [weak hub, weak watch] in
      if let watch { hub?.remove(watch) }
    }
  }
}
