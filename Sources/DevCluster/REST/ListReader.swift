import JSONScan

/// Answers lists: pages of one version, whatever is written between them.
struct ListReader {
  let store: ClusterStore
  let resource: ResourceDefinition
  let namespace: String?
  let options: ListOptions
  let form: ObjectForm

  /// The body of the answer. Throws 410 where the version asked for is forgotten.
  func page() throws(APIError) -> [UInt8] {
    let (table, version, start) = try source()
    let isUnselected = options.labels.isEverything && options.fields.isEverything
    let selection = Selection(namespace: namespace, labels: options.labels, fields: options.fields)
    // The watch cache of a real server ignores the limit of a list of any version.
    let limit = options.limit > 0 && options.resourceVersion != "0" ? options.limit : Int.max
    let keys = table.keys(namespace: namespace, from: start)
    var objects: [JSONValue] = []
    var next: Int?
    for position in keys.indices {
      guard let object = table[keys[position]], selection.matches(object) else { continue }
      if objects.count == limit {
        next = position
        break
      }
      objects.append(object)
    }
    var metadata: JSONObject = ["resourceVersion": .string(String(version))]
    if let next {
      metadata["continue"] = .string(
        ContinueToken(version: version, start: keys[next].path).text)
      if isUnselected { metadata["remainingItemCount"] = .integer(keys.endIndex - next) }
    }
    return ListText.body(objects, metadata, resource, form, now: store.scheduler.seconds)
  }

  /// What to list from, the version that it shows, and the path to begin at.
  private func source() throws(APIError) -> (ResourceTable, UInt64, String?) {
    guard let table = store.table(resource.id) else { throw .notFound(resource, "") }
    if let text = options.continueToken {
      guard options.resourceVersion == nil || options.resourceVersion == "0" else {
        throw .badRequest("specifying resource version is not allowed when using continue")
      }
      let token = try ContinueToken(text)
      guard let version = token.version else { return (table, store.version, token.start) }
      guard version <= store.version, let old = table.rewound(to: version) else {
        throw expiredToken(token)
      }
      return (old, version, token.start)
    }
    let version = try options.version()
    // A limit with a version and no match means that exact version, for clients older than the match
    // parameter.
    let isExact = options.match == .exact || (options.match == nil && options.limit > 0 && version > 0)
    guard isExact, version > 0 else { return (table, store.version, nil) }
    guard let old = table.rewound(to: version) else {
      throw .expired("The resourceVersion for the provided list is too old.")
    }
    return (old, version, nil)
  }

  private func expiredToken(_ token: ContinueToken) -> APIError {
    var error = APIError.expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        + "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
        + "the results. Continuing with the provided token results in an inconsistent list - objects that were "
        + "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
        + "list.")
    error.continueToken = ContinueToken(version: nil, start: token.start).text
    return error
  }
}

/// Lists as they are sent.
enum ListText {
  static func body(
    _ objects: [JSONValue], _ metadata: JSONObject, _ resource: ResourceDefinition, _ form: ObjectForm,
    now: Int64
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    switch form {
    case .table(let included):
      return TableText(resource: resource, included: included, now: now).table(objects, metadata).serialized()
    case .metadata:
      header(&writer, "PartialObjectMetadataList", "meta.k8s.io/v1", metadata)
      items(&writer, objects, resource, form)
    case .whole where resource.isCustom:
      // Alphabetical, as custom resources are.
      writer.key("apiVersion")
      writer.string(resource.apiVersion)
      items(&writer, objects, resource, form)
      writer.key("kind")
      writer.string(resource.listKind)
      writer.key("metadata")
      writer.raw(JSONValue.object(metadata).serialized(sortedKeys: true))
    case .whole:
      header(&writer, resource.listKind, resource.apiVersion, metadata)
      items(&writer, objects, resource, form)
    }
    writer.endObject()
    return writer.take()
  }

  private static func header(
    _ writer: inout JSONWriter, _ kind: String, _ apiVersion: String, _ metadata: JSONObject
  ) {
    writer.key("kind")
    writer.string(kind)
    writer.key("apiVersion")
    writer.string(apiVersion)
    writer.key("metadata")
    writer.raw(JSONValue.object(metadata).serialized())
  }

  private static func items(
    _ writer: inout JSONWriter, _ objects: [JSONValue], _ resource: ResourceDefinition, _ form: ObjectForm
  ) {
    writer.key("items")
    writer.beginArray()
    for object in objects {
      if form == .whole, !resource.isCustom {
        // Items of typed lists come without kind and apiVersion.
        var item = object
        item["kind"] = nil
        item["apiVersion"] = nil
        writer.raw(item.serialized())
      } else {
        writer.raw(
          form == .whole
            ? ObjectText.whole(object, resource) : ObjectText.partial(object).serialized())
      }
    }
    writer.endArray()
  }
}
