import Foundation
import Service
import Testing

/// The dashboard in a real browser, where there is one: Chromium, led by Playwright.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Places.browser != nil))
struct BrowserTests {
  @Test func thePageShowsWhatTheEngineDoesAndComesBack() throws {
    let browser = try #require(Places.browser)
    let data = try DataSet.small.get()
    let folder = try Folder()
    let address = try EngineAddress("\(folder.path)/run")
    var daemon = try Daemon(at: address)
    let dashboard = try Dashboard(daemon)
    let path = try folder.write("look.py", Data(Self.looker.utf8))
    let looker = try Program(
      path: "/usr/bin/env",
      [browser.python, path, browser.program, dashboard.url, folder.path])
    var replay = try daemon.start(
      "afferent-replay", data.train, "--passes", "500", "--speed", "1")
    func wait(until word: String) throws {
      try EndToEndTests.wait(
        for: "\(word); \(looker.output) \(looker.errors)", timeout: .seconds(90)
      ) {
        guard looker.isRunning || looker.output.contains(word) else {
          throw Stuck(description: "the browser ended: \(looker.output) \(looker.errors)")
        }
        return looker.output.contains("\(word)\n") ? () : nil
      }
    }
    try wait(until: "shown")
    replay.signal(SIGKILL)
    _ = try daemon.stop()
    try wait(until: "away")
    daemon = try Daemon(at: address)
    replay = try daemon.start("afferent-replay", data.train, "--passes", "500", "--speed", "1")
    let end = try looker.end(timeout: .seconds(60))
    replay.signal(SIGKILL)
    #expect(end.status == 0, "\(end)")
    let views = try #require(try end.json()["views"] as? [[String: Any]])
    #expect(views.count == 4)
    for view in views {
      let name = view["name"] as? String ?? ""
      #expect((view["errors"] as? [String])?.isEmpty == true, "\(name): \(view)")
      #expect(view["overflow"] as? Int == 0, "\(name) scrolls sideways")
      for canvas in ["events", "raster", "accuracy", "loss"] {
        let pixels = view["drawn"] as? [String: Int]
        let drawn = pixels?[canvas] ?? 0
        #expect(drawn > 100, "\(name): \(drawn) pixels of \(canvas)")
      }
      #expect(view["unnamed"] as? Int == 0, "\(name) has canvases without a name")
      #expect(view["classes"] as? Int == 10)
    }
  }

  /// Looks at the page in four ways, then sees the engine go and come back.
  private static let looker = """
    import json, sys
    from playwright.sync_api import sync_playwright

    program, url, folder = sys.argv[1:]
    filled = '''
    () => document.getElementById("state").textContent === "Live"
      && document.querySelectorAll("#scores li").length > 0
      && document.querySelectorAll("#fields canvas").length > 0
      && document.getElementById("accuracy-note").textContent.includes("of the last 100")
      && !document.getElementById("raster-note").textContent.startsWith("No")
    '''
    look = '''
    () => {
      const drawn = {};
      for (const id of ["events", "raster", "accuracy", "loss"]) {
        const canvas = document.getElementById(id);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const words = new Uint32Array(data.buffer), counts = new Map();
        for (const word of words) counts.set(word, (counts.get(word) || 0) + 1);
        drawn[id] = words.length - Math.max(...counts.values());
      }
      return {
        drawn, overflow: Math.max(0, document.documentElement.scrollWidth - innerWidth),
        unnamed: [...document.querySelectorAll("canvas")].filter((canvas) => !canvas.getAttribute("aria-label")).length,
        classes: document.querySelectorAll("#scores li").length,
      };
    }
    '''
    views = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for width, height in [(1440, 1000), (390, 844)]:
            for scheme in ["light", "dark"]:
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page, errors = context.new_page(), []
                page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
                page.on("pageerror", lambda error: errors.append(str(error)))
                page.goto(url)
                page.wait_for_function(filled, timeout=60000)
                page.wait_for_timeout(500)
                view = page.evaluate(look)
                page.screenshot(path=f"{folder}/{width}-{scheme}.png")
                views.append({"name": f"{width}x{height} {scheme}", "errors": errors, **view})
                if len(views) < 4:
                    context.close()
        print("shown", flush=True)
        page.wait_for_function("() => document.getElementById('state').textContent === 'Engine away'", timeout=60000)
        assert page.locator("#away").is_visible()
        print("away", flush=True)
        page.wait_for_function("() => document.getElementById('state').textContent === 'Live'", timeout=60000)
        assert not page.locator("#away").is_visible()
        browser.close()
    print(json.dumps({"views": views}))
    """
}
