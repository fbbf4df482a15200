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
    if chance(30) { form.filter = filter() }
    if chance(40) { form.region = draw(["north", "south"]) }
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
    retryAfter.edited(tenants[index])
    if tenants[index].forms.count > 1 { tenants[index].retries.edited() }
    world.cluster.put(
      FakeCluster.subscriptions, tenants[index].namespace, tenants[index].name, ["spec": form.json])
    if chance(80) { world.give() }
  }

  private mutating func vary(_ form: inout Form) {
    form.entries = (0..<1 + draw(2)).map { _ in entry() }
    form.scope = scope()
    form.isResourceMode = chance(40)
    form.retry = chance(30) ? draw(3) : nil
    form.concurrency = 1 + draw(4)
    form.resync = chance(20) ? draw([5, 20, 60]) : nil
    form.isSpread = chance(30)
    form.retryAfterMax = chance(30) ? draw([1, 10, 60]) : nil
    form.hasDeadLetters = chance(40)
    if chance(20) { form.region = draw([nil, "north", "south"]) }
    if chance(20) { form.account = draw(Self.accounts) }
  }

  private mutating func scope() -> Form.Scope {
    chance(40) ? .everywhere : chance(50) ? .own : .team(draw(["1", "2"]))
  }

  private mutating func filter() -> FilterRule? {
    switch draw(10) {
    case 0, 1: .names([draw(Self.names), draw(Self.names)])
    case 2: .namePrefix(draw(Self.names))
    case 3: .kind(draw(Self.resources).kind)
    case 4, 5: .notName(draw(Self.names))
    case 6: .operation(draw(["add", "update", "delete"]))
    case 7: .addsOr(name: draw(Self.names))
    default: nil
    }
  }

  private mutating func entry() -> Form.Entry {
    var entry = Form.Entry(resource: chance(50) ? FakeCluster.foos : draw(Self.resources))
    if chance(50) { entry.app = draw(["1", "2"]) }
    if entry.resource != FakeCluster.foos {
      entry.isController = chance(60)
      if chance(40) { entry.ownerKind = draw(["Foo", "Node"]) }
    }
    if chance(15) { entry.names = [draw(Self.names)] }
    if chance(10) {
      entry.field = draw([.name(draw(Self.names)), .notName(draw(Self.names)), .namespace("b")])
    }
    if chance(15) { entry.ignoresRobot = true }
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
    switch draw(10) {
    case 0..<3: form.entries = (0..<1 + draw(2)).map { _ in entry() }
    case 3: form.scope = scope()
    case 4: form.isResourceMode.toggle()
    case 5: form.isSuspended.toggle()
    case 6: form.url = Self.url(of: tenants[index].uid) + newURL()
    case 7: return spoil(index, form)
    case 8:
      if chance(30) { form.filter = filter() }
      form.account = draw(Self.accounts)
      form.hasDeadLetters.toggle()
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
