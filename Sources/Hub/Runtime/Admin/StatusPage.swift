import HubEngine

/// The page `/`: the state of the hub for people, in one small document without scripts or other files.
enum StatusPage {
  /// The most rows of a table; the rest is counted, and found under `/api/v1/status`.
  static let maxRows = 500

  static func render(_ report: LoopReport, source: String) -> [UInt8] {
    let engine = report.engine
    var html = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>FrugalHub</title>
      <meta name="viewport" content="width=device-width">
      <style>body{font:14px/1.4 system-ui,sans-serif;margin:2em}table{border-collapse:collapse;margin:0 0 1.5em}\
      th,td{border:1px solid #ccc;padding:.2em .6em;text-align:left}td.n{text-align:right}</style></head><body>
      <h1>FrugalHub \(HubVersion.current)</h1>

      """
    html += "<p>API server \(escape(source))"
    if let problem = report.api.problem { html += " \(escape(problem.phrase))" }
    html += "</p>\n"
    html += readiness(report)
    html += journal(report.journal)
    html += watches(engine.watches)
    html += subscriptions(engine.subscriptions)
    if !engine.refused.isEmpty {
      html += "<h2>Refused</h2>\n<ul>"
      for refused in engine.refused.prefix(maxRows) { html += "<li>\(escape(refused))</li>\n" }
      html += "</ul>\n" + more(engine.refused.count)
    }
    html += counts(engine)
    html += """
      <p><a href="/api/v1/status">status as JSON</a> · <a href="/metrics">metrics</a> ·
      <a href="/readyz">readyz</a></p></body></html>

      """
    return [UInt8](html.utf8)
  }

  private static func readiness(_ report: LoopReport) -> String {
    let reasons = Readiness.missing(report)
    if reasons.isEmpty { return "<p><b>Ready.</b></p>\n" }
    return "<p><b>Not ready:</b> \(reasons.map(escape).joined(separator: "; "))</p>\n"
  }

  private static func journal(_ journal: JournalStatistics?) -> String {
    guard let journal else { return "<p>No state directory: a restart begins from nothing.</p>\n" }
    let place = "State in \(escape(journal.path)): \(journal.fileBytes) bytes in \(journal.files) files."
    guard let problem = journal.problem else { return "<p>\(place)</p>\n" }
    return "<p>\(place) <b>The journal fails:</b> \(escape(problem))</p>\n"
  }

  private static func watches(_ watches: [EngineSnapshot.Watch]) -> String {
    table(
      "Watches",
      ["Resource", "Phase", "Synced", "Silent s", "Objects", "Subscriptions", "Events", "Problem"],
      watches.map { watch in
        [
          .text(watch.resource), .text(watch.phase), .text(watch.isSynced ? "yes" : "no"),
          .number(Int(watch.silentSeconds)), .number(watch.objects), .number(watch.subscriptions),
          .number(watch.events), .text(watch.problem ?? ""),
        ]
      })
  }

  private static func subscriptions(_ subscriptions: [EngineSnapshot.Subscription]) -> String {
    table(
      "Subscriptions",
      ["Namespace", "Name", "From", "Ready", "Why", "Sink", "Pending", "Parked", "Oldest s", "Delivered"],
      subscriptions.map { subscription in
        let ready = subscription.conditions.first { $0.type == "Ready" }
        let why = subscription.conditions.filter { $0.status != "True" }.map { "\($0.type): \($0.reason)" }
        return [
          .text(subscription.namespace), .text(subscription.name), .text(subscription.origin),
          .text(ready?.status ?? "Unknown"), .text(why.joined(separator: ", ")),
          .text(subscription.sinkURI ?? ""), .number(subscription.pending), .number(subscription.parked),
          .number(Int(subscription.oldestSeconds)), .number(subscription.delivered),
        ]
      })
  }

  private static func counts(_ engine: EngineSnapshot) -> String {
    table(
      "Deliveries", ["Waiting", "In flight", "Backing off", "Parked", "Acknowledged", "Attempts", "Retries"],
      [
        [
          .number(engine.queueDepth), .number(engine.inFlight), .number(engine.backingOff),
          .number(engine.parked), .number(engine.counters.delivered), .number(engine.counters.attempts),
          .number(engine.counters.retries),
        ]
      ])
  }

  private enum Cell {
    case text(String)
    case number(Int)
  }

  private static func table(_ title: String, _ columns: [String], _ rows: [[Cell]]) -> String {
    var html = "<h2>\(title)</h2>\n"
    guard !rows.isEmpty else { return html + "<p>None.</p>\n" }
    html += "<table><tr>" + columns.map { "<th>\($0)</th>" }.joined() + "</tr>\n"
    for row in rows.prefix(maxRows) {
      html += "<tr>"
      for cell in row {
        switch cell {
        case .text(let text): html += "<td>\(escape(text))</td>"
        case .number(let number): html += "<td class=\"n\">\(number)</td>"
        }
      }
      html += "</tr>\n"
    }
    return html + "</table>\n" + more(rows.count)
  }

  private static func more(_ count: Int) -> String {
    count > maxRows ? "<p>… and \(count - maxRows) more: see /api/v1/status</p>\n" : ""
  }

  /// Text for elements and quoted attributes.
  static func escape(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
