import Foundation
import Learning
import Service
import Testing

/// Sensors that die and return, through real processes.
@Suite(.timeLimit(.minutes(10))) struct LiveSensorTests {
  @Test func aSensorThatIsKilledComesBack() throws {
    let folder = try Folder()
    let configuration = try folder.write(
      "live.yaml", Data("live: {silence_ms: 60}\nlimits: {sources: 2}".utf8))
    let daemon = try Daemon(["--config", configuration])
    let first = try daemon.start("afferent-sensor", "live", "--labelled", "--pause-ms", "0")
    let some = try daemon.status("some trials") { $0.stream.trialsLearned >= 2 }
    try daemon.status("the next one") {
      $0.sources["sensor"]?.messages ?? 0 > (some.sources["sensor"]?.messages ?? 0) + 8
    }
    // No end is told: time goes on by the wall clock.
    first.signal(SIGKILL)
    let before = try daemon.status("a silence") { $0.sources["sensor"]?.time.silences ?? 0 > 0 }
    let later = try daemon.status("more of it") {
      $0.stream.steps > before.stream.steps + 50
    }
    #expect(later.sources["sensor"]?.messages == before.sources["sensor"]?.messages)

    let second = try daemon.start("afferent-sensor", "live", "--labelled", "--count", "3")
    let after = try daemon.status("the second sensor's trials") {
      $0.stream.trialsLearned >= before.stream.trialsLearned + 3
    }
    #expect(try second.end().status == 0)
    #expect(after.stream.restarts == 1 && after.duplicates == 0 && after.missingMessages == 0)
    #expect(after.sources["sensor"]?.lateEvents == 0)
    #expect(try daemon.stop().status == 0)
  }

  /// A sensor tells how far time has come: nothing waits for its next event.
  @Test func aLiveSensorClosesItsSteps() throws {
    let daemon = try Daemon()
    let end = try daemon.run("afferent-sensor", "live", "--labelled", "--count", "2")
    #expect(end.status == 0, "\(end)")
    let status = try daemon.status("both trials") { $0.stream.trialsLearned == 2 }
    #expect(status.stream.lateEvents == 0 && status.stream.lateLabels == 0)
    #expect(status.sources["sensor"]?.time.watermark ?? 0 > 300_000)
  }
}
