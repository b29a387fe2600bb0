import Foundation
import Testing

/// A dashboard before an engine that is broken, or means harm.
@Suite(.timeLimit(.minutes(10))) struct HostileEngineTests {
  private static let request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"

  private func status(trials: Int = 1, sources: Int = 1) -> String {
    let sources = (0..<sources).map { "\"s\($0)\":{}" }.joined(separator: ",")
    return
      "{\"engine\":\"e\",\"labelled_trials\":\(trials),\"loss\":{\"mean\":1},\"sources\":{\(sources)}}"
  }

  /// One step of one pixel and one neuron, which fired.
  private func activity(_ source: String, side: Int = 1, scale: Int = 1) -> [[UInt8]] {
    let header = """
      {"v":1,"model":"m","source":"\(source)","seq":0,"t_from":0,"t":1000,"steps":1,"events":1,"spikes":1,"width":1,
      "height":1,"scale":\(scale),"sensor_width":\(side),"sensor_height":\(side),"neurons":1,"scores":[0]}
      """
    return [Array("activity/m/".utf8), Array(header.utf8), [1], [0], [], [1, 0]]
  }

  private func prediction(_ model: String, _ label: Int) -> [[UInt8]] {
    let body = """
      {"v":1,"model":"\(model)","source":"s0","seq":0,"t":1000,"class":1,"scores":[0,1],"steps":1,"hidden_spikes":1,
      "weights_seq":0,"final":true,"label":\(label),"correct":\(label == 1),"learned":true}
      """
    return [Array("prediction/\(model)/".utf8), Array(body.utf8)]
  }

  private func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func sizesThatNoEngineHasAreNotComputedWith() throws {
    let engine = try FakeEngine(
      status: status(trials: .max),
      messages: [
        activity("s0", side: 1 << 40), activity("s0", side: -1), activity("s0", scale: 0),
      ])
    defer { engine.stop() }
    let dashboard = try Dashboard(at: engine.at)
    let events = try dashboard.send(Self.request) { count("event: status\n", in: $0) == 8 }
    #expect(count("event: status\n", in: events) == 8)
    #expect(!events.contains("event: activity"))
    #expect(dashboard.program.isRunning)
  }

  @Test func aFrozenCopyIsNotTakenForTheLearner() throws {
    let engine = try FakeEngine(
      status: status(), messages: [prediction("m", 1), prediction("m.frozen", 0)])
    defer { engine.stop() }
    let dashboard = try Dashboard(at: engine.at)
    let events = try dashboard.send(Self.request) { count("event: prediction\n", in: $0) == 4 }
    #expect(count("event: prediction\n", in: events) == 4)
    #expect(!events.contains("m.frozen") && !events.contains("false,"), "\(events)")
  }

  @Test func sourcesThatAreGoneAreForgotten() throws {
    let names = (0..<200).map { "s\($0)" }
    let engine = try FakeEngine(status: status(sources: 5), messages: names.map { activity($0) })
    defer { engine.stop() }
    let dashboard = try Dashboard(at: engine.at)
    let events = try dashboard.send(Self.request) { $0.contains("\"s199\"") }
    #expect(events.contains("\"s199\""))
    engine.beSilent()
    try wait(for: "the sources of the status alone", timeout: .seconds(10)) {
      let events = try dashboard.send(Self.request) { $0.contains("event: status") }
      #expect(count("event: activity", in: events) <= 64)
      let shown = Set(events.matches(of: /"source":"(s[0-9]+)"/).map { String($0.1) })
      return shown.isSubset(of: names.prefix(5)) ? () : nil
    }
  }

  @Test(.enabled(if: Places.browser != nil)) func halfOfWhatBelongsTogetherIsDrawn() throws {
    let browser = try #require(Places.browser)
    let status = """
      {"engine":"e","labelled_trials":3,"accuracy":0.5,"loss":{"mean":1.5},"sources":{"s0":{}},"latency":{"recent":null},
      "rates":{"busy":"much","events_per_s":null},"queue":null,"refused":{"a":"b"},"uptime_s":"long","odd":{"a":[null]}}
      """
    let engine = try FakeEngine(
      status: status.replacingOccurrences(of: "\n", with: ""),
      messages: [activity("s0"), prediction("m", 1)])
    defer { engine.stop() }
    let dashboard = try Dashboard(at: engine.at)
    let folder = try Folder()
    let path = try folder.write("look.py", Data(Self.looker.utf8))
    let end = try Program(
      path: "/usr/bin/env", [browser.python, path, browser.program, dashboard.url]
    ).end()
    #expect(end.status == 0, "\(end)")
    let view = try end.json()
    #expect((view["errors"] as? [String])?.isEmpty == true, "\(view)")
    #expect((view["loss"] as? String)?.hasPrefix("1.500 over all trials, – over") == true)
    #expect((view["model"] as? String)?.contains("up –") == true)
  }

  private static let looker = """
    import json, sys
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
        page, errors = browser.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(sys.argv[2])
        page.wait_for_function("() => document.querySelectorAll('#scores li').length > 0", timeout=30000)
        page.wait_for_timeout(1000)
        view = {"errors": errors, "model": page.text_content("#model"), "loss": page.text_content("#loss-note")}
        browser.close()
    print(json.dumps(view))
    """
}
