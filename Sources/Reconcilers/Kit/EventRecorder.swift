import CloudEvents
import FoundationEssentials
import JSONScan
import Synchronization

/// The two types that Kubernetes Events have.
public enum EventType: String, Sendable {
  /// Something happened as it should.
  case normal = "Normal"
  /// Something needs a look.
  case warning = "Warning"
}

extension KubernetesAPI {
  /// Records a core v1 Event about `object`, as client-go's recorder writes them: named after the object and the
  /// time, in the object's namespace; a repetition counts up the Event that exists.
  ///
  /// It returns when the Event is written, so that a reconciler that sleeps after its answer loses none. An Event that
  /// can't be written is logged and never fails a reconcile.
  public func recordEvent(
    _ type: EventType, reason: String, message: String, about object: JSONValue
  ) async {
    let event = makeEvent(type, reason, message, object)
    let decision = correlator.withLock { $0.correlate(event) }
    do {
      switch decision {
      case .skip: break
      case .create(let event): try await createEvent(event)
      case .increment(let event):
        do {
          try await incrementEvent(event)
        } catch KubernetesError.notFound {
          // Events expire after an hour.
          try await createEvent(event)
        }
      }
    } catch {
      log.log(
        .warning, "an Event was not written",
        [
          "object": "\(event.identity.namespace)/\(event.identity.name)", "reason": reason,
          "error": "\(error)",
        ])
    }
  }

  private func makeEvent(
    _ type: EventType, _ reason: String, _ message: String, _ object: JSONValue
  ) -> RecordedEvent {
    let metadata = object["metadata"]
    let now = clock.wall()
    let name = metadata?["name"]?.string ?? ""
    return RecordedEvent(
      identity: RecordedEvent.Identity(
        kind: object["kind"]?.string ?? "", apiVersion: object["apiVersion"]?.string ?? "",
        namespace: metadata?["namespace"]?.string ?? "", name: name, uid: metadata?["uid"]?.string ?? "",
        type: type.rawValue, reason: reason, message: message),
      objectVersion: metadata?["resourceVersion"]?.string ?? "",
      name: Self.eventName(about: name, at: now), firstTimestamp: now, lastTimestamp: now)
  }

  /// `<object>.<nanoseconds since 1970 in hex>`; a UUID where that would be too long for a name.
  static func eventName(about object: String, at now: Int64) -> String {
    let name = "\(object).\(String(now, radix: 16))"
    return name.utf8.count <= 253 ? name : UUID().uuidString.lowercased()
  }

  private func createEvent(_ event: RecordedEvent) async throws(KubernetesError) {
    _ = try await create(event.json(component: configuration.component), as: .events)
  }

  private func incrementEvent(_ event: RecordedEvent) async throws(KubernetesError) {
    _ = try await patch(
      .events, namespace: event.namespace, name: event.name,
      merging: [
        "count": .number(String(event.count)), "lastTimestamp": .string(event.lastTimestamp.asKubernetesTime),
        "message": .string(event.identity.message),
      ])
  }
}

extension RecordedEvent {
  /// Events about cluster-scoped objects live in `default`.
  var namespace: String { identity.namespace.isEmpty ? "default" : identity.namespace }

  /// The object as client-go sends it.
  func json(component: String) -> JSONValue {
    var involved: JSONObject = ["kind": .string(identity.kind)]
    for (key, value) in [
      ("namespace", identity.namespace), ("name", identity.name), ("uid", identity.uid),
      ("apiVersion", identity.apiVersion), ("resourceVersion", objectVersion),
    ] where !value.isEmpty { involved[key] = .string(value) }
    return [
      "kind": "Event", "apiVersion": "v1",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "involvedObject": .object(involved),
      "reason": .string(identity.reason), "message": .string(identity.message),
      "source": ["component": .string(component)],
      "firstTimestamp": .string(firstTimestamp.asKubernetesTime),
      "lastTimestamp": .string(lastTimestamp.asKubernetesTime),
      "count": .number(String(count)), "type": .string(identity.type), "eventTime": .null,
      "reportingComponent": .string(component), "reportingInstance": "",
    ]
  }
}

extension Int64 {
  /// Nanoseconds since 1970 as `metav1.Time`: RFC 3339 in UTC, whole seconds.
  var asKubernetesTime: String { RFC3339.string(nanosecondsSince1970: self).prefix(19) + "Z" }
}
