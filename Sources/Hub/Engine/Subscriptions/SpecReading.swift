import CloudEvents
import JSONScan
import Kubernetes

extension SubscriptionSpec {
  /// Reads `spec`; nil if something needed is missing or wrong, which is then reported.
  init?(reading object: Field, namespace: String, _ reader: inout FieldReader) {
    guard let spec = object["spec"] else {
      reader.report(.required(remedy: "give spec.resources and spec.sink"), at: [.member("spec")])
      return nil
    }
    guard reader.object(spec, .spec) else { return nil }
    let account = spec["serviceAccountName"].map { reader.text($0, .subdomain) } ?? "default"
    let mode = spec["mode"].map { reader.choice($0, of: EventMode.self) } ?? .reference
    let owner = spec["owner"].flatMap { GroupKind(reading: $0, &reader) }
    let resources = Self.resources(of: spec, owner: owner, &reader)
    let namespaces = NamespaceScope(reading: spec["namespaceSelector"], &reader)
    let initial = reader.bool(spec["initial"], default: true)
    let suspend = reader.bool(spec["suspend"], default: false)
    let sink = SinkTarget(of: spec, namespace: namespace, &reader)
    let delivery = DeliverySpec(reading: spec["delivery"], namespace: namespace, &reader)
    let resync = spec["resync"].flatMap { ResyncSpec(reading: $0, &reader) }
    let filters = EventFilter.list(reading: spec["filters"], &reader)
    let extensions = ExtensionAttribute.list(reading: spec["ceOverrides"], &reader)
    guard let account, let mode, let sink else { return nil }
    self.init(
      serviceAccountName: account, resources: resources, namespaces: namespaces, mode: mode, initial: initial,
      suspend: suspend, sink: sink, delivery: delivery, resync: resync,
      filters: filters, extensions: extensions)
  }

  private static func resources(
    of spec: Field, owner: GroupKind?, _ reader: inout FieldReader
  ) -> [ResourceInterest] {
    let remedy = "list what to follow, each with apiVersion and kind"
    guard let field = spec["resources"] else {
      reader.report(.required(remedy: remedy), at: spec.path + [.member("resources")])
      return []
    }
    guard let elements = reader.array(field, limit: SubscriptionLimits.maxResources) else { return [] }
    if elements.isEmpty { reader.report(.nothingListed(remedy: remedy), at: field.path) }
    return elements.compactMap { ResourceInterest(reading: $0, owner: owner, &reader) }
  }
}

extension ResourceInterest {
  init?(reading field: Field, owner inherited: GroupKind?, _ reader: inout FieldReader) {
    guard reader.object(field, .resource) else { return nil }
    let apiVersion = reader.name(
      "apiVersion", of: field, .apiVersion, remedy: "write group/version, as apps/v1, or v1 for core kinds")
    let kind = reader.name("kind", of: field, .kind, remedy: "name the kind, as Deployment")
    let selector = LabelSelector(reading: field["selector"], &reader)
    let controller = reader.bool(field["controller"], default: false)
    let owner = field["owner"].map { GroupKind(reading: $0, &reader) } ?? inherited
    let operations = OperationSet(reading: field["operations"], &reader)
    let names = Self.names(field["names"], &reader)
    let changes = Self.changes(field["changes"], &reader)
    let managers = Self.managers(field["ignoreManagers"], &reader)
    let fieldSelector = FieldSelector(reading: field["fieldSelector"], &reader)
    guard let apiVersion, let kind, let groupVersion = GroupVersion(apiVersion: apiVersion) else {
      return nil
    }
    self.init(
      groupVersion: groupVersion, kind: kind, selector: selector, controller: controller, owner: owner,
      operations: operations, names: names, changes: changes, ignoreManagers: managers,
      fieldSelector: fieldSelector)
  }

  private static func names(_ field: Field?, _ reader: inout FieldReader) -> [String] {
    reader.list(
      field, limit: SubscriptionLimits.maxNames, ifEmpty: "list names of objects, or remove it for all"
    ) { reader, element in reader.text(element, .objectName) }
  }

  private static func changes(_ field: Field?, _ reader: inout FieldReader) -> [ChangePath] {
    reader.list(
      field, limit: SubscriptionLimits.maxChanges, ifEmpty: "list paths, as spec, or remove it for any change"
    ) { reader, element -> ChangePath? in
      guard let text = reader.string(element) else { return nil }
      do throws(ChangePathFault) {
        return try ChangePath(text)
      } catch {
        reader.report(.path(error), at: element.path)
        return nil
      }
    }
  }

  private static func managers(_ field: Field?, _ reader: inout FieldReader) -> [String] {
    reader.list(
      field, limit: SubscriptionLimits.maxIgnoredManagers,
      ifEmpty: "list names of field managers, or remove it to ignore none"
    ) { reader, element in reader.text(element, .fieldManager) }
  }
}

extension GroupKind {
  init?(reading field: Field, _ reader: inout FieldReader) {
    guard reader.object(field, .owner) else { return nil }
    let apiVersion = reader.name(
      "apiVersion", of: field, .apiVersion, remedy: "write the owner's group/version, as apps/v1")
    let kind = reader.name("kind", of: field, .kind, remedy: "name the owner's kind, as Deployment")
    guard let apiVersion, let kind, let parsed = GroupVersion(apiVersion: apiVersion) else { return nil }
    self.init(group: parsed.group, kind: kind)
  }
}

extension OperationSet {
  init(reading field: Field?, _ reader: inout FieldReader) {
    self = field.map { Self.read($0, &reader) } ?? .all
  }

  private static func read(_ field: Field, _ reader: inout FieldReader) -> OperationSet {
    guard let elements = reader.array(field, limit: SubscriptionLimits.maxOperations) else { return .all }
    if elements.isEmpty {
      reader.report(
        .nothingListed(remedy: "list Add, Update or Delete, or remove it for all three"), at: field.path)
    }
    var set = OperationSet()
    for element in elements {
      guard let text = reader.string(element) else { continue }
      guard let operation = named.first(where: { $0.name == text })?.operation else {
        reader.report(.notOneOf(found: text, choices: OperationSet.all.names), at: element.path)
        continue
      }
      if set.contains(operation) { reader.report(.repeated(text), at: element.path) }
      set.insert(operation)
    }
    return set
  }
}

extension NamespaceScope {
  /// `{}` and its long forms select everything.
  init(reading field: Field?, _ reader: inout FieldReader) {
    self = .own
    guard let field else { return }
    let before = reader.findings.count
    let selector = LabelSelector(reading: field, &reader)
    guard reader.findings.count == before else { return }
    self = selector.isEverything ? .all : .selected(selector)
  }
}

extension ResyncSpec {
  init?(reading field: Field, _ reader: inout FieldReader) {
    guard reader.object(field, .resync) else { return nil }
    let spread = reader.bool(field["spread"], default: false)
    guard let period = field["period"] else {
      reader.report(
        .required(remedy: "say how often, as PT10M, or remove resync"), at: field.path + [.member("period")])
      return nil
    }
    guard let milliseconds = reader.duration(period, in: SubscriptionLimits.resyncMilliseconds) else {
      return nil
    }
    self.init(periodMilliseconds: milliseconds, spread: spread)
  }
}

extension DeliverySpec {
  init(reading field: Field?, namespace: String, _ reader: inout FieldReader) {
    self.init()
    guard let field, reader.object(field, .delivery) else { return }
    deadLetterSink = field["deadLetterSink"].flatMap {
      SinkTarget(reading: $0, .deadLetterSink, namespace: namespace, &reader)
    }
    retry = field["retry"].flatMap { reader.int($0, in: SubscriptionLimits.retry) }
    backoffPolicy =
      field["backoffPolicy"].flatMap { reader.choice($0, of: BackoffPolicy.self) } ?? backoffPolicy
    backoffDelayMilliseconds =
      field["backoffDelay"].flatMap { reader.duration($0, in: SubscriptionLimits.backoffDelayMilliseconds) }
      ?? backoffDelayMilliseconds
    retryAfterMaxMilliseconds = field["retryAfterMax"].flatMap {
      reader.duration($0, in: SubscriptionLimits.retryAfterMaxMilliseconds)
    }
    timeoutMilliseconds =
      field["timeout"].flatMap { reader.duration($0, in: SubscriptionLimits.timeoutMilliseconds) }
      ?? timeoutMilliseconds
    concurrency =
      field["concurrency"].flatMap { reader.int($0, in: SubscriptionLimits.concurrency) } ?? concurrency
  }
}

extension SinkTarget {
  private static let remedy = "give a uri, or a ref to a Service or another Addressable"

  init?(of spec: Field, namespace: String, _ reader: inout FieldReader) {
    guard let field = spec["sink"] else {
      reader.report(.required(remedy: Self.remedy), at: spec.path + [.member("sink")])
      return nil
    }
    self.init(reading: field, .sink, namespace: namespace, &reader)
  }

  init?(reading field: Field, _ table: FieldTable, namespace: String, _ reader: inout FieldReader) {
    guard reader.object(field, table) else { return nil }
    let ref = field["ref"].map { SinkReference(reading: $0, namespace: namespace, &reader) }
    let uri = field["uri"].map { field in
      reader.string(field).flatMap { Self.uri($0, at: field.path, besideRef: ref != nil, &reader) }
    }
    if ref == nil, uri == nil { reader.report(.required(remedy: Self.remedy), at: field.path) }
    if case .some(nil) = ref { return nil }
    if case .some(nil) = uri { return nil }
    self.init(ref: ref ?? nil, uri: uri ?? nil)
  }

  private static func uri(
    _ text: String, at path: [JSONPathStep], besideRef: Bool, _ reader: inout FieldReader
  ) -> String? {
    do {
      if besideRef { try SinkURI.checkRelative(text) } else { try SinkURI.checkAbsolute(text) }
      return text
    } catch {
      reader.report(.uri(error), at: path)
      return nil
    }
  }
}

extension SinkReference {
  init?(reading field: Field, namespace own: String, _ reader: inout FieldReader) {
    guard reader.object(field, .reference) else { return nil }
    let group = field["group"].map { reader.text($0, .subdomain) }
    let apiVersion =
      field["apiVersion"] == nil && group != nil
      ? group.flatMap { $0.map { $0 + "/v1" } }
      : reader.name(
        "apiVersion", of: field, .apiVersion,
        remedy: "write it, as serving.knative.dev/v1, or v1 for a Service")
    let kind = reader.name("kind", of: field, .kind, remedy: "name the kind, as Service")
    let name = reader.name("name", of: field, .subdomain, remedy: "name the object")
    let namespace = field["namespace"].map { reader.text($0, .label) } ?? own
    let address = field["address"].map { reader.text($0, .subdomain) } ?? .some(nil)
    guard let apiVersion, let kind, let name, let namespace, let address else { return nil }
    self.init(apiVersion: apiVersion, kind: kind, namespace: namespace, name: name, address: address)
  }
}
