import Foundation
import Service
import Testing

/// What `afferent-watch --http` answers to browsers, to Prometheus, and to those who mean harm.
@Suite(.timeLimit(.minutes(10))) struct DashboardTests {
  @Test func thePageAndItsPartsComeFromHereOnly() throws {
    let daemon = try Daemon()
    let dashboard = try Dashboard(daemon)
    let page = try dashboard.get("/")
    #expect(page.head.hasPrefix("HTTP/1.1 200"), "\(page.head)")
    #expect(page.head.contains("default-src 'none'") && page.head.contains("nosniff"))
    var parts = ["/dashboard.css", "/dashboard.js"]
    for part in parts { #expect(page.body.contains("\"\(part)\"")) }
    let imports = try dashboard.get("/dashboard.js").body.matches(of: /from "\.(\/[a-z]+\.js)"/)
    parts += imports.map { String($0.1) }
    #expect(parts.count > 5)
    for part in parts {
      let answer = try dashboard.get(part)
      #expect(answer.head.hasPrefix("HTTP/1.1 200") && answer.body.count > 1000, "\(part)")
      #expect(answer.head.contains(part.hasSuffix("js") ? "text/javascript" : "text/css"))
      #expect(!answer.body.contains("://"), "\(part) names another place")
    }
    #expect(!page.body.contains("://"))
    let head = try dashboard.get("/", method: "HEAD")
    #expect(head.head.hasPrefix("HTTP/1.1 200") && head.body.isEmpty)
  }

  /// What is sent, and the status of the answer.
  private static let requests: [(String, String)] = [
    ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost: localhost.evil.example:8580\r\n\r\n", "403"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\n\r\n", "400"),
    ("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
    ("DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
    ("GET /../Package.swift HTTP/1.1\r\nHost: localhost\r\n\r\n", "404"),
    ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
    ("GET /\r\n\r\n", "400"),
    ("\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(long)\r\n\r\n", "431"),
    ("GET /nothing HTTP/1.1\r\nHost: [::1]:8580\r\n\r\n", "404"),
    ("GET / HTTP/1.1\r\nhost: LOCALHOST\r\n\r\n", "200"),
    ("GET / HTTP/1.1\r\nHost: nobody.local\r\n\r\n", "403"),
    // What the browser says of who asks: a link may lead to the page, and that is all.
    ("GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\r\n", "200"),
    ("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n\r\n", "403"),
    ("GET /events HTTP/1.1\r\nHost: localhost\r\nsec-fetch-site:SAME-SITE\r\n\r\n", "403"),
    ("GET /metrics HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: x\r\n\r\n", "403"),
    ("GET /raster.js HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\r\n", "200"),
    ("GET /dashboard.css HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: None\r\n\r\n", "200"),
  ]
  private static let long = String(repeating: "x", count: 9000)

  @Test(arguments: requests)
  func requestsThatAreNotForThePageAreRefused(_ request: String, _ status: String) throws {
    let dashboard = try Self.lonely.get()
    let answer = try dashboard.send(request)
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
  }

  /// A dashboard without an engine, for all who only ask about requests. Nobody ends it: it ends by itself.
  private static let lonely: Result<Dashboard, any Error> = Result {
    try Dashboard(at: [
      "--seconds", "300", "--at", "/tmp/aff-nobody-\(UUID().uuidString.prefix(8))",
    ])
  }

  @Test func withoutAnEngineThePageSaysSoAndMetricsAreDown() throws {
    let dashboard = try Self.lonely.get()
    let metrics = try dashboard.get("/metrics")
    // Prometheus reads the bodies of answers with 200 only.
    #expect(metrics.head.hasPrefix("HTTP/1.1 200") && metrics.body.contains("\nafferent_up 0\n"))
    let events = try dashboard.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n") {
      $0.contains("event: away\ndata: {\"reason\"")
    }
    #expect(events.contains("within 2 s"), "\(events)")
  }

  @Test func othersAreNotServedUnlessToldTwice() throws {
    let end = try Program.run("afferent-watch", "--http", "0.0.0.0:0", "--seconds", "0.2")
    #expect(end.status == 1 && end.errors.contains("--http-anyone"), "\(end)")
    let told = try Program.run(
      "afferent-watch", "--http", "0.0.0.0:0", "--http-anyone", "--seconds", "0.2")
    #expect(told.status == 0, "\(told)")
    let machine = ProcessInfo.processInfo.hostName.lowercased().prefix { $0 != "." }
    let open = try Dashboard(at: ["--at", "/tmp/aff-nobody", "--http-anyone"])
    #expect(try open.get("/", host: "\(machine).local").head.hasPrefix("HTTP/1.1 200"))
    #expect(try open.get("/", host: "x\(machine).local").head.hasPrefix("HTTP/1.1 403"))
    for address in ["8580", "nowhere:1", "127.0.0.1:99999", "1.2.3:4"] {
      let end = try Program.run("afferent-watch", "--http", address, "--seconds", "0.2")
      #expect(end.status == 1 && end.errors.contains("127.0.0.1:8580"), "\(end)")
    }
  }

  @Test func severalLookOnAndOneWhoTakesNothingHoldsNobodyUp() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let dashboard = try Dashboard(daemon)
    let idle = try dashboard.connect()
    defer { close(idle) }
    let request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    _ = request.withCString { send(idle, $0, strlen($0), 0) }
    let replay = try daemon.start("afferent-replay", data.train, "--passes", "50", "--speed", "2")
    for _ in 0..<3 {
      let kinds = ["status", "activity", "prediction", "curves"]
      let events = try dashboard.send(request) { text in
        kinds.allSatisfy { text.contains("event: \($0)\n") }
      }
      for kind in kinds { #expect(events.contains("event: \(kind)\n"), "no \(kind)") }
    }
    replay.signal(SIGKILL)
  }

  @Test(.enabled(if: Places.python(with: "prometheus_client") != nil))
  func prometheusReadsTheMetrics() throws {
    let python = try #require(Places.python(with: "prometheus_client"))
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let dashboard = try Dashboard(daemon)
    let replay = try daemon.run("afferent-replay", data.train)
    #expect(replay.status == 0, "\(replay)")
    let folder = try Folder()
    let path = try folder.write("read.py", Data(Self.reader.utf8))
    let end = try Program(path: "/usr/bin/env", [python, path, dashboard.url + "metrics"]).end()
    #expect(end.status == 0, "\(end)")
    let values = try end.json()
    let status = try daemon.status()
    #expect(values["afferent_up"] as? Double == 1)
    #expect(values["afferent_missing_messages"] as? Double == 0)
    #expect(values["afferent_source_missing_messages/replay"] as? Double == 0)
    #expect(values["afferent_events_total"] as? Double == Double(data.trainingEvents))
    #expect(values["afferent_trials_learned_total"] as? Double == 3)
    #expect(values["afferent_source_events_total/replay"] as? Double == Double(data.trainingEvents))
    let count = Double(status.latency.total.count)
    #expect(values["afferent_prediction_latency_seconds_count"] as? Double == count)
    #expect(values["afferent_prediction_latency_seconds_bucket/+Inf"] as? Double == count)
    #expect((values["afferent_resident_memory_bytes"] as? Double ?? 0) > 1e6)
  }

  /// Reads metrics as Prometheus' own client does, and tells each value by its name and its second label.
  private static let reader = """
    import json, sys, urllib.request
    from prometheus_client.parser import text_string_to_metric_families
    text = urllib.request.urlopen(sys.argv[1]).read().decode()
    values = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        assert family.type in ("counter", "gauge", "histogram"), family
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("model", None) == (None if sample.name == "afferent_up" else "default"), sample
            name = "/".join([sample.name, *labels.values()])
            assert name not in values, name
            values[name] = sample.value
    print(json.dumps(values))
    """

  @Test func theDaemonLogsJSONWhereAsked() throws {
    let daemon = try Daemon(["--log-format", "json"])
    let end = try daemon.stop()
    #expect(end.status == 0, "\(end)")
    let lines = end.errors.split(separator: "\n")
    let messages = try lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["message"] as? String
    }
    #expect(messages.first == "ready" && messages.last == "stopped")
  }
}
