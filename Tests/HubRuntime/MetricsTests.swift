import HubEngine
import JSONScan
import Testing

@testable import HubRuntime

@Suite("Metrics")
struct MetricsTests {
  static func page(_ format: MetricsFormat, _ report: LoopReport = SampleReport.make()) -> String {
    String(decoding: MetricsPage.render(report, process: .read(), format: format), as: UTF8.self)
  }

  @Test("the page keeps the rules of both formats, empty and full")
  func rules() {
    for report in [LoopReport(engine: EngineSnapshot(), time: SampleReport.time), SampleReport.make()] {
      #expect(MetricsFormatChecker.problems(Self.page(.prometheus, report), openMetrics: false) == [])
      #expect(MetricsFormatChecker.problems(Self.page(.openMetrics, report), openMetrics: true) == [])
    }
  }

  @Test(
    "the checker of these tests sees what is wrong",
    arguments: [
      "# TYPE a gauge\na 1\n", "# HELP a b\n# TYPE a counter\na 1\n",
      "# HELP a_total b\n# TYPE a_total gauge\na_total 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
      "# HELP a b\n# TYPE a gauge\na{x=\"1} 1\n", "# HELP a b\n# TYPE a gauge\nb 1\n", "a 1\n",
      "# HELP a b\n# TYPE a gauge\na one\n", "# HELP a b\n# TYPE a gauge\na 1",
      "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
      "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_sum 1\na_count 2\n",
      "# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\n",
      "# HELP a-b b\n# TYPE a-b gauge\n", "# HELP a b\n# TYPE a gauge\na{x=\"\\q\"} 1\n",
    ])
  func checkerSees(page: String) {
    #expect(!MetricsFormatChecker.problems(page, openMetrics: false).isEmpty)
  }

  @Test(
    "a page has the values of its report",
    arguments: [
      "workqueue_depth{name=\"deliveries\"} 3", "workqueue_adds_total{name=\"deliveries\"} 11",
      "workqueue_retries_total{name=\"deliveries\"} 2",
      "workqueue_queue_duration_seconds_count{name=\"deliveries\"} 2",
      "workqueue_queue_duration_seconds_bucket{name=\"deliveries\",le=\"0.005\"} 1",
      "workqueue_queue_duration_seconds_bucket{name=\"deliveries\",le=\"+Inf\"} 2",
      "workqueue_unfinished_work_seconds{name=\"deliveries\"} 1.5",
      "frugalhub_watch_synced{resource=\"foos.\\\"x\\\"\\\\\\n/v1\"} 1",
      "frugalhub_watch_silent_seconds{resource=\"foos.\\\"x\\\"\\\\\\n/v1\"} 2.25",
      "frugalhub_watch_events_total{resource=\"foos.\\\"x\\\"\\\\\\n/v1\"} 40",
      "frugalhub_deliveries_total{type=\"delete\"} 1", "frugalhub_delivery_answers_total{class=\"5xx\"} 4",
      "frugalhub_keys{state=\"parked\"} 1", "frugalhub_parked_total 6",
      "rest_client_requests_total{code=\"200\",method=\"GET\"} 1",
      "rest_client_requests_total{code=\"<error>\",method=\"PATCH\"} 1",
      "frugalhub_subscriptions{ready=\"true\"} 1", "frugalhub_subscriptions{ready=\"unknown\"} 0",
      "frugalhub_journal_frames_total 7", "frugalhub_journal_failing 1",
      "frugalhub_journal_sync_duration_seconds_count 1", "frugalhub_journal_image_age_seconds 90",
      "frugalhub_subscriptions_refused 1", "frugalhub_build_info{version=\"\(HubVersion.current)\"} 1",
    ])
  func values(line: String) {
    #expect(("\n" + Self.page(.prometheus)).contains("\n\(line)\n"), "\(line)")
  }

  @Test("no label carries the name of a subscription")
  func noNames() { #expect(!Self.page(.prometheus).contains("team-a")) }

  @Test("the process is measured")
  func process() {
    let process = ProcessStatistics.read()
    #expect(process.cpuSeconds > 0)
    #expect(process.residentBytes > 1 << 20)
    #expect(process.virtualBytes >= process.residentBytes)
    #expect(process.openDescriptors > 2)
    #expect(process.maxDescriptors >= process.openDescriptors)
    #expect(process.threads > 0)
    #expect(process.startSeconds > 1_500_000_000)
  }

  @Test(
    "OpenMetrics goes to those who ask for it and like it no less",
    arguments: [
      (nil, false), ("*/*", false), ("text/plain", false), ("application/openmetrics-text", true),
      (
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
          + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true
      ),
      ("application/openmetrics-text; version=0.0.1, text/plain;q=0.3", false),
      ("text/plain;q=0.9, application/openmetrics-text;q=0.8", false),
      ("application/openmetrics-text;q=0", false), ("text/html,*/*;q=0.8", false),
      ("APPLICATION/OpenMetrics-Text ; Version=1.0.0", true),
    ])
  func negotiation(accept: String?, isOpenMetrics: Bool) {
    #expect(ContentNegotiation.metricsFormat(accept: accept) == (isOpenMetrics ? .openMetrics : .prometheus))
  }
}

@Suite("Status pages")
struct StatusPageTests {
  @Test("the page escapes what comes from outside, and loads nothing")
  func escaping() {
    let html = String(
      decoding: StatusPage.render(SampleReport.make(), source: "http://x/<script>"), as: UTF8.self)
    #expect(!html.contains("<script"))
    #expect(html.contains("http://x/&lt;script&gt;"))
    #expect(html.contains("foos.&quot;x&quot;"))
    #expect(
      html.contains("State in /state/&lt;x&gt;: 0 bytes in 0 files. <b>The journal fails:</b> a full disk"))
    #expect(!html.contains("src=") && !html.contains("<link"))
    #expect(StatusPage.escape("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
  }

  @Test("a long table is cut, and says so")
  func cut() {
    var report = SampleReport.make()
    let subscription = report.engine.subscriptions[0]
    report.engine.subscriptions = Array(repeating: subscription, count: StatusPage.maxRows + 2)
    let html = String(decoding: StatusPage.render(report, source: ""), as: UTF8.self)
    #expect(html.contains("and 2 more"))
    #expect(html.split(separator: "<td>team-a</td>").count == StatusPage.maxRows + 1)
  }

  @Test("the JSON has watches, subscriptions with conditions, queue and counters")
  func json() throws {
    let status = try JSONValue(parsing: StatusJSON.render(SampleReport.make(), source: "http://x"))
    #expect(status["version"]?.string == HubVersion.current)
    #expect(status["apiServer"]?["url"]?.string == "http://x")
    #expect(status["synced"]?.bool == false)
    #expect(status["waitingFor"]?.array == ["the list of foos"])
    let watch = status["watches"]?.array?.first
    #expect(watch?["resource"]?.string == SampleReport.resource)
    #expect(watch?["silentSeconds"] == .number("2.25"))
    #expect(watch?["resourceVersion"]?.string == "77")
    let subscription = status["subscriptions"]?.array?.first
    #expect(subscription?["name"]?.string == "sub")
    #expect(subscription?["conditions"]?.array?.first?["reason"]?.string == "Fine")
    #expect(subscription?["sinkUri"] == .null)
    #expect(status["queue"]?["waiting"]?.int == 3)
    #expect(status["journal"]?["frames"]?.int == 7 && status["journal"]?["problem"]?.string == "a full disk")
    #expect(status["journal"]?["imageAgeSeconds"] == .number("90.0"))
    #expect(status["counters"]?["deliveredDelete"]?.int == 1)
  }

  @Test("numbers that JSON has no form for are 0")
  func infinity() throws {
    var report = SampleReport.make()
    report.engine.watches[0].silentSeconds = .infinity
    let status = try JSONValue(parsing: StatusJSON.render(report, source: ""))
    #expect(status["watches"]?.array?.first?["silentSeconds"] == .number("0.0"))
  }

  @Test("readiness names what is waited for, in the order of causes")
  func readiness() {
    var report = SampleReport.make()
    #expect(Readiness.missing(report) == ["the list of foos"])
    report.api.problem = .noAnswer("no connection: x")
    #expect(
      Readiness.body(Readiness.missing(report))
        == "not ready; waiting for:\n- the API server does not answer: no connection: x\n- the list of foos\n"
    )
    report.engine.isSynced = true
    #expect(Readiness.body(Readiness.missing(report)) == "ok\n")
    report.isDraining = true
    #expect(Readiness.missing(report) == ["the hub is shutting down"])
    report = LoopReport(engine: EngineSnapshot(), time: SampleReport.time)
    #expect(Readiness.missing(report) == ["nothing has been read from the API server yet"])
  }
}
