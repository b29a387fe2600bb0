import Events
import Foundation
import Service
import Testing
import Transport

/// A daemon outlives whoever reads its log.
@Suite(.timeLimit(.minutes(10))) struct LogTargetTests {
  @Test(arguments: ["text", "json"], ["2>/dev/full", "2> >(true)"])
  func aLogThatNobodyTakesEndsNothing(_ format: String, _ target: String) throws {
    let shell = "/bin/bash"
    guard FileManager.default.isExecutableFile(atPath: shell) else {
      print("skipped: there is no \(shell)")
      return
    }
    let folder = try Folder()
    let address = try EngineAddress("\(folder.path)/run")
    let daemon = try Program(
      path: shell,
      [
        "-c", "exec \"$@\" \(target)", "sh", Program.path(of: "afferent"), "--at",
        address.description, "--save", "", "--log-format", format,
      ])
    let client = try EngineClient(address.requests, in: Context())
    #expect(try client.status(timeout: .seconds(30)).learning)
    // Garbage is named in the log.
    let publisher = try Socket(.publish, in: Context())
    try publisher.connect(address.events)
    try wait(for: "a refusal") {
      try publisher.send([Frame(adopting: Topic.events(source: "x").bytes), Frame("no header")])
      return try client.status(timeout: .seconds(20)).refusedMessages > 0 ? () : nil
    }
    daemon.signal(SIGTERM)
    let end = try daemon.end()
    #expect(end.status == 0 && !end.isKilled, "\(end)")
  }
}
