/// Chooses between the two text formats of metrics by the header `Accept` (RFC 9110 section 12.5.1).
enum ContentNegotiation {
  /// OpenMetrics only for those who name it and like it as much as plain text.
  static func metricsFormat(accept: String?) -> MetricsFormat {
    guard let accept else { return .prometheus }
    var openMetrics = 0.0
    var text = 0.0
    for part in accept.split(separator: ",") {
      let items = part.split(separator: ";").map { trimmed($0).lowercased() }
      guard let type = items.first else { continue }
      let quality = quality(items.dropFirst())
      switch type {
      case "application/openmetrics-text" where hasVersion1(items.dropFirst()):
        openMetrics = max(openMetrics, quality)
      case "text/plain": text = max(text, quality)
      default: break
      }
    }
    return openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheus
  }

  private static func quality(_ parameters: ArraySlice<String>) -> Double {
    guard let parameter = parameters.first(where: { $0.hasPrefix("q=") }) else { return 1 }
    return Double(parameter.dropFirst(2)).map { min(max($0, 0), 1) } ?? 0
  }

  private static func hasVersion1(_ parameters: ArraySlice<String>) -> Bool {
    let version = parameters.first { $0.hasPrefix("version=") }?.dropFirst("version=".count)
    return version == nil || version == "1.0.0"
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
