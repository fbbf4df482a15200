import HubEngine
import JSONScan

/// Subscriptions come, change, turn bad and go.
extension Simulation {
  static func url(of uid: String) -> String { "http://127.0.0.1:9000/\(uid)/" }

  private mutating func newURL() -> String {
    urls += 1
    return String(urls)
  }

  mutating func subscribe() {
    guard tenants.filter({ !$0.isGone }).count < 4 else { return }
    var form = Form(entries: [], url: "")
    vary(&form)
    subscribe(form, in: draw(["a", "b"]))
  }

  /// Makes a subscription of this form with a sink of its own.
  mutating func subscribe(_ form: Form, in namespace: String) {
    let name = "s\(tenants.count)"
    // The uid is the API server's; the URL needs it, so the object is put twice.
    let object = world.cluster.put(FakeCluster.subscriptions, namespace, name, [:])
    let uid = object["metadata"]?["uid"]?.string ?? ""
    var form = form
    form.url = Self.url(of: uid) + newURL()
    tenants.append(Tenant(name: name, namespace: namespace, uid: uid, forms: [form]))
    apply(form, tenants.count - 1)
  }

  mutating func apply(_ form: Form, _ index: Int) {
    tell("\(tenants[index].name) in \(tenants[index].namespace): \(form)")
    tenants[index].isBad = false
    world.cluster.put(
      FakeCluster.subscriptions, tenants[index].namespace, tenants[index].name, ["spec": form.json])
    if chance(80) { world.give() }
  }

  private mutating func vary(_ form: inout Form) {
    form.entries = (0..<1 + draw(2)).map { _ in entry() }
    form.isEverywhere = chance(40)
    form.isResourceMode = chance(40)
    form.retry = chance(30) ? draw(3) : nil
    form.concurrency = 1 + draw(4)
    form.resync = chance(20) ? draw([5, 20, 60]) : nil
    form.isSpread = chance(30)
  }

  private mutating func entry() -> Form.Entry {
    var entry = Form.Entry(resource: chance(50) ? FakeCluster.foos : draw(Self.resources))
    if chance(50) { entry.app = draw(["1", "2"]) }
    if entry.resource != FakeCluster.foos {
      entry.isController = chance(60)
      if chance(40) { entry.ownerKind = draw(["Foo", "Node"]) }
    }
    if chance(15) { entry.names = [draw(Self.names)] }
    if chance(15) { entry.changes = draw([["spec"], ["metadata.labels"], ["spec.n", "metadata.labels"]]) }
    if chance(10) {
      entry.operations = draw([["Add", "Delete"], ["Add", "Update"], ["Update", "Delete"]])
    }
    return entry
  }

  mutating func edit() {
    let living = tenants.indices.filter { !tenants[$0].isGone }
    guard !living.isEmpty else { return }
    let index = draw(living)
    guard var form = tenants[index].forms.last else { return }
    if isInFlight(index) { world.rare.note(.editedInFlight) }
    switch draw(9) {
    case 0..<3: form.entries = (0..<1 + draw(2)).map { _ in entry() }
    case 3: form.isEverywhere.toggle()
    case 4: form.isResourceMode.toggle()
    case 5: form.isSuspended.toggle()
    case 6: form.url = Self.url(of: tenants[index].uid) + newURL()
    case 7: return spoil(index, form)
    default: vary(&form)
    }
    if chance(20) { form.url = Self.url(of: tenants[index].uid) + newURL() }
    tenants[index].forms.append(form)
    apply(form, index)
  }

  /// An edit that cannot be accepted.
  private mutating func spoil(_ index: Int, _ form: Form) {
    tell("\(tenants[index].name) turns bad")
    world.rare.note(.badEdit)
    tenants[index].isBad = true
    var spec = form.json
    spec["delivery"]?["timeout"] = "soon"
    world.cluster.put(
      FakeCluster.subscriptions, tenants[index].namespace, tenants[index].name, ["spec": spec])
    if chance(80) { world.give() }
  }

  mutating func unsubscribe() {
    let living = tenants.indices.filter { !tenants[$0].isGone }
    guard !living.isEmpty, chance(60) else { return }
    let index = draw(living)
    if isInFlight(index) { world.rare.note(.removedInFlight) }
    tenants[index].isGone = true
    tell("\(tenants[index].name) is deleted")
    world.unsubscribe(tenants[index].name, in: tenants[index].namespace)
  }

  private func isInFlight(_ index: Int) -> Bool {
    world.sent.contains { $0.request.url.hasPrefix(Self.url(of: tenants[index].uid)) }
  }
}
