import HTTP
import JSONScan

/// Runs the `serving.knative.dev/v1` Services of the store: keeps an activator for each, writes its status, and a Pod for
/// each process. Home thread only.
///
/// A new template is a new revision; one that cannot be run leaves the revision before it in service and says why in the
/// conditions. A Pod that somebody deletes ends its process.
final class KnativeController {
  private struct Entry {
    let uid: String
    let activator: ServiceActivator?
    var status: ServiceStatus
  }

  private static let options = WriteOptions(manager: "knative-serving")
  private static let statusOptions = WriteOptions(manager: "knative-serving", subresource: .status)

  private let store: ClusterStore
  private let context: ActivatorContext
  private var entries: [ServiceKey: Entry] = [:]
  private var observations: [Observation] = []

  /// Begins to run what the store has and will have.
  init(store: ClusterStore, context: ActivatorContext) {
    self.store = store
    self.context = context
    context.report = { [weak self] in self?.processChanged($0) }
    observations = [
      store.observe(BuiltInResources.knativeServices.id) { [weak self] in self?.serviceChanged($0) },
      store.observe(BuiltInResources.pods.id) { [weak self] in self?.podChanged($0) },
    ]
  }

  // MARK: Services

  private func serviceChanged(_ change: ObjectChange) {
    let object = change.object
    guard let namespace = object.namespace else { return }
    let key = ServiceKey(namespace: namespace, name: object.name)
    if let entry = entries[key], change.kind == .deleted || entry.uid != object.uid {
      entry.activator?.delete()
      entries[key] = nil
    }
    if change.kind == .deleted { return }
    guard entries[key]?.status.observedGeneration != object.generation else { return }
    var entry = entries[key] ?? newEntry(key, uid: object.uid)
    entry.status.observedGeneration = object.generation
    if let activator = entry.activator {
      let before = entry.status.revision
      entry.status.specProblem = serve(object, by: activator)
      entry.status.revision = activator.revision?.name
      if entry.status.revision != before { entry.status.startProblem = nil }
    }
    entries[key] = entry
    writeStatus(key)
  }

  private func newEntry(_ key: ServiceKey, uid: String) -> Entry {
    var status = ServiceStatus(observedGeneration: 0)
    do throws(HTTPServerError) {
      let activator = try ServiceActivator(key, in: context)
      status.url = activator.url
      return Entry(uid: uid, activator: activator, status: status)
    } catch {
      status.specProblem = .init(reason: "NoListener", message: "\(error); then create the Service again")
      return Entry(uid: uid, activator: nil, status: status)
    }
  }

  /// Lets the activator serve the Service's template; says what is wrong with it, if anything.
  private func serve(_ service: JSONValue, by activator: ServiceActivator) -> ServiceStatus.Problem? {
    let number = String(service.generation)
    let name = "\(service.name)-\(String(repeating: "0", count: max(0, 5 - number.count)))\(number)"
    do throws(SpecProblem) {
      let revision = try ServiceSpec(service: service, settings: context.settings).revision(named: name)
      if let current = activator.revision, current.runsTheSame(as: revision) { return nil }
      activator.serve(revision)
      return nil
    } catch {
      return .init(error)
    }
  }

  private func writeStatus(_ key: ServiceKey) {
    guard let entry = entries[key] else { return }
    let now = store.scheduler.timestamp
    // Refused only if the Service has just gone: then nobody needs its status.
    _ = try? store.modify(
      BuiltInResources.knativeServices, namespace: key.namespace, name: key.name, options: Self.statusOptions
    ) { (object) throws(APIError) in
      var object = object
      if object.uid == entry.uid {
        object["status"] = entry.status.json(previous: object["status"], now: now)
      }
      return object
    }
  }

  // MARK: Processes

  private func processChanged(_ event: ActivatorEvent) {
    switch event {
    case .processStarted(let info): createPod(info)
    case .processReady(let info):
      podIsReady(info)
      setStartProblem(nil, of: info.service, revision: info.revision)
    case .processEnded(let info, _): deletePod(info)
    case .startFailed(let key, let revision, let problem):
      setStartProblem(.init(problem), of: key, revision: revision)
    }
  }

  private func setStartProblem(_ problem: ServiceStatus.Problem?, of key: ServiceKey, revision: String) {
    guard let status = entries[key]?.status, status.revision == revision, status.startProblem != problem
    else {
      return
    }
    entries[key]?.status.startProblem = problem
    writeStatus(key)
  }

  // A Pod that cannot be written (its namespace is ending, somebody deleted it) is no reason to stop the process: the
  // Service decides on that.

  private func createPod(_ info: ServiceProcess) {
    let service = store.find(
      BuiltInResources.knativeServices.id, namespace: info.service.namespace, name: info.service.name)
    let container = service?["spec"]?["template"]?["spec"]?["containers"]?.array?.first
    let pod = ProcessPod(info: info).object(
      image: container?["image"]?.string ?? "none",
      command: (container?["command"]?.array ?? []).compactMap(\.string))
    _ = try? store.create(
      pod, in: BuiltInResources.pods, namespace: info.service.namespace, options: Self.options)
  }

  private func podIsReady(_ info: ServiceProcess) {
    let now = store.scheduler.timestamp
    _ = try? store.modify(
      BuiltInResources.pods, namespace: info.service.namespace, name: ProcessPod(info: info).name,
      options: Self.statusOptions
    ) { (pod) throws(APIError) in
      var pod = pod
      pod["status"] = ProcessPod.readyStatus(now: now)
      return pod
    }
  }

  private func deletePod(_ info: ServiceProcess) {
    _ = try? store.delete(
      BuiltInResources.pods, namespace: info.service.namespace, name: ProcessPod(info: info).name)
  }

  private func podChanged(_ change: ObjectChange) {
    guard change.kind == .deleted, let (key, pid) = ProcessPod.process(of: change.object) else { return }
    entries[key]?.activator?.end(pid: pid)
  }
}
