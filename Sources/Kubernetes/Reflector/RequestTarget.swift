extension ReflectorConfiguration {
  /// The target of a page. A continue token carries its version, so the version goes with the first page only.
  func listTarget(_ run: ListRun, limit: Int) -> String {
    var query = "limit=\(limit)"
    if let token = run.continueToken {
      query += "&continue=" + PercentEncoding.encode(token)
    } else if let floor = run.floor {
      query += "&resourceVersion=" + PercentEncoding.encode(floor) + "&resourceVersionMatch=NotOlderThan"
    }
    return path + "?" + query + selectors
  }

  /// The target of a watch that continues after `version`.
  func watchTarget(from version: String, timeoutSeconds: Int) -> String {
    path + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + PercentEncoding.encode(version)
      + "&timeoutSeconds=\(timeoutSeconds)" + selectors
  }

  /// The target of a list that comes as a stream, with the watch after it. Without `floor` it is consistent.
  func streamTarget(notOlderThan floor: String?, timeoutSeconds: Int) -> String {
    path + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
      + (floor.map { "&resourceVersion=" + PercentEncoding.encode($0) } ?? "")
      + "&timeoutSeconds=\(timeoutSeconds)" + selectors
  }

  private var selectors: String {
    (labelSelector.isEmpty ? "" : "&labelSelector=" + PercentEncoding.encode(labelSelector))
      + (fieldSelector.isEmpty ? "" : "&fieldSelector=" + PercentEncoding.encode(fieldSelector))
  }
}
