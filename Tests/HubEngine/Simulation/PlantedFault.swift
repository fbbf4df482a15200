import HubEngine
import JSONScan

@testable import Simulator

/// Faults that a broken hub could have, planted between the engine and its world, and who must catch each. The engine
/// itself is the shipped one.
enum PlantedFault: String, CaseIterable, Sendable {
  case swallowedDelete, earlyAcknowledgement, versionGoesBack, twoInFlight, staleBody, leakedTenant,
    lostRequeue
  case objectMissingFromLists, lostSubscriptionDelete, idWithAnotherText, lostRetry, unanswerableKind
  case uncoveredAfterRestart
  case holeInTheJournal, damagedJournal, slowedTenant, lostAnswer, unendedRequest, staleAnswerTaken, wrongType
  case repeatedSuccess

  /// Any of these is a catch: which comes first is the seed's.
  var catchers: Set<CheckerName> {
    switch self {
    case .swallowedDelete: [.filterTruth]
    case .earlyAcknowledgement: [.lastState, .filterTruth]
    case .versionGoesBack: [.versionOrder]
    case .twoInFlight: [.oneInFlight]
    case .staleBody: [.bodyTruth]
    case .leakedTenant: [.isolation]
    case .lostRequeue: [.requeues]
    case .objectMissingFromLists: [.lastState, .filterTruth]
    case .lostSubscriptionDelete: [.coverage]
    case .idWithAnotherText: [.eventIdentity]
    case .lostRetry: [.conservation, .liveness]
    case .unanswerableKind: [.liveness]
    case .uncoveredAfterRestart: [.coverage]
    case .holeInTheJournal: [.filterTruth, .lastState, .journal]
    case .damagedJournal: [.journal]
    case .slowedTenant: [.fairness]
    case .lostAnswer: [.conservation]
    case .unendedRequest: [.bounds]
    case .staleAnswerTaken: [.staleAnswers]
    case .wrongType: [.eventType]
    case .repeatedSuccess: [.eventIdentity]
    }
  }
}

/// What plants them.
struct Saboteur: Sabotage {
  let fault: PlantedFault
  /// Requests to sinks that are under way.
  private var open: [DeliveryID: SinkRequest] = [:]
  private var kept: [String: SinkRequest] = [:]
  private var urls: [String] = []
  private var frames = 0
  private var restarts = 0
  private var extra: UInt64 = 1 << 40
  private var batches = 0
  private var held: [(until: Int, input: EngineInput)] = []

  init(_ fault: PlantedFault) { self.fault = fault }

  mutating func restarted() {
    restarts += 1
    open = [:]
  }

  mutating func onDisk(_ journal: inout FakeJournal) {
    guard fault == .damagedJournal, let file = journal.files.indices.first else { return }
    journal.damage(file: file, at: min(60, journal.files[file].bytes.count - 1))
  }

  // MARK: To the engine

  mutating func inputs(_ inputs: [EngineInput]) -> [EngineInput] {
    batches += 1
    let late = held.filter { $0.until <= batches }.map(\.input)
    held.removeAll { $0.until <= batches }
    return late + inputs.compactMap { input($0) }
  }

  private mutating func input(_ input: EngineInput) -> EngineInput? {
    switch (fault, input) {
    case (.lostRequeue, .sinkAnswer(let id, .requeue(let status, _))):
      return .sinkAnswer(id, .status(status, retryAfterSeconds: nil))
    case (.lostAnswer, .sinkAnswer): return nil
    case (.staleAnswerTaken, .sinkAnswer(let id, let answer)):
      // Whoever looks up an answer wrongly takes it for another's.
      defer { open[id] = nil }
      guard open[id] == nil, let other = open.keys.min(by: { $0.rawValue < $1.rawValue }) else {
        return input
      }
      return .sinkAnswer(other, answer)
    case (.slowedTenant, .responseBytes(_, let bytes))
    where String(decoding: bytes, as: UTF8.self).contains(#""calm""#):
      held.append((until: batches + 500, input: input))
      return nil
    case (.objectMissingFromLists, .responseBytes(let id, let bytes)):
      return .responseBytes(id, Self.withoutFirst(bytes))
    case (.lostSubscriptionDelete, .responseBytes(let id, let bytes)):
      let lines = bytes.split(separator: 10).filter { line in
        let text = String(decoding: line, as: UTF8.self)
        return !(text.contains(#""DELETED""#) && text.contains(#""OperatorSubscription""#))
      }
      return .responseBytes(id, lines.flatMap { Array($0) + [10] })
    default: return input
    }
  }

  /// A list without its first object, if it is one of ConfigMaps.
  private static func withoutFirst(_ bytes: [UInt8]) -> [UInt8] {
    guard var list = try? JSONValue(parsing: bytes), list["kind"]?.string?.hasPrefix("ConfigMap") ?? false,
      let items = list["items"]?.array
    else { return bytes }
    list["items"] = .array(Array(items.dropFirst()))
    return list.serialized()
  }

  // MARK: From the engine

  mutating func effects(_ effects: [EngineEffect], answering inputs: inout [EngineInput]) -> [EngineEffect] {
    effects.flatMap { effect(effect: $0, answering: &inputs) }
  }

  private mutating func effect(effect: EngineEffect, answering inputs: inout [EngineInput]) -> [EngineEffect]
  {
    switch effect {
    case .send(let id, let request):
      open[id] = request
      return send(id, request, answering: &inputs)
    case .cancelSend(let id): open[id] = nil
    case .cancel where fault == .unendedRequest: return []
    case .journal(var frame) where fault == .holeInTheJournal:
      frames += 1
      if frames % 3 == 0 { frame.entries = [] }
      return [.journal(frame)]
    case .request(let id, var request):
      divert(&request)
      return [.request(id, request)]
    default: break
    }
    return [effect]
  }

  private func divert(_ request: inout APIRequest) {
    if fault == .unanswerableKind {
      request.target = request.target.replacing("/deployments?", with: "/none?")
    }
    let isPlainWatch = request.isStreaming && !request.target.contains("sendInitialEvents")
    if fault == .uncoveredAfterRestart, restarts > 0, isPlainWatch {
      request.target = request.target.replacing("/configmaps?", with: "/nodes?")
    }
  }

  private mutating func send(_ id: DeliveryID, _ request: SinkRequest, answering inputs: inout [EngineInput])
    -> [EngineEffect]
  {
    let sent = Sent(id: id, request: request, sentAt: 0, turn: 0)
    var changed = request
    switch fault {
    case .swallowedDelete where sent.operation == "delete",
      .earlyAcknowledgement where sent.operation != "delete":
      inputs.append(.sinkAnswer(id, .status(200, retryAfterSeconds: nil)))
      return []
    case .lostRetry where sent.header("ce-hubattempt") != "1": return []
    case .twoInFlight:
      extra += 1
      return [.send(id, request), .send(DeliveryID(rawValue: extra), request)]
    case .versionGoesBack where kept[sent.key] != nil:
      changed.set("ce-sequence", to: "00000000." + String(repeating: "0", count: 38) + "1")
    case .staleBody where sent.isWhole: if let old = kept[sent.key] { changed.body = old.body }
    case .leakedTenant:
      if !urls.contains(request.url) { urls.append(request.url) }
      changed.url = urls[0]
    case .idWithAnotherText where sent.header("ce-hubattempt") != "1": changed.body += Array(" ".utf8)
    case .wrongType where sent.operation == "update":
      changed.set("ce-type", to: sent.type.replacing("update", with: "add"))
    case .repeatedSuccess: changed.set("ce-id", to: kept[sent.key]?.value("ce-id"))
    default: break
    }
    if kept[sent.key] == nil { kept[sent.key] = request }
    return [.send(id, changed)]
  }
}

extension SinkRequest {
  fileprivate func value(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

  fileprivate mutating func set(_ name: String, to value: String?) {
    guard let value, let index = headers.firstIndex(where: { $0.name.lowercased() == name }) else { return }
    headers[index].value = value
  }
}
