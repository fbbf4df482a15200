import HTTP
import JSONScan

/// Answers requests that change a collection.
struct CollectionHandler {
  let store: ClusterStore
  let request: APIRequest
  let resource: ResourceDefinition
  let namespace: String?

  func create() throws(APIError) -> HTTPResponse {
    let form = try Negotiation.form(request, .object)
    let sent = try RequestBody.object(request, resource)
    let options = WriteOptions(manager: request.manager, dryRun: try request.isDryRun())
    let stored = try store.create(sent, in: resource, namespace: namespace, options: options)
    return request.answer(201, ObjectText.text(stored, resource, form, now: store.scheduler.seconds))
  }

  /// Deletes what the selectors select; the answer lists what was there.
  func deleteAll() throws(APIError) -> HTTPResponse {
    let options = try ListOptions(request.query, resource)
    let deletion = try DeleteOptions(request)
    let selection = Selection(namespace: namespace, labels: options.labels, fields: options.fields)
    let selected = store.list(resource.id, namespace: namespace).filter(selection.matches)
    for object in selected {
      try store.delete(resource, namespace: object.namespace, name: object.name, options: deletion)
    }
    return Answer.json(
      200,
      ListText.body(
        selected, ["resourceVersion": .string(String(store.version))], resource, .whole,
        now: store.scheduler.seconds))
  }
}
