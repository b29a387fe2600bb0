import Events
import Foundation
import Learning
import Service
import Testing

/// What an engine has counted, over a restart.
@Suite(.timeLimit(.minutes(10))) struct KeptNumbersTests {
  private static func engine(_ folder: Folder) throws -> RunningEngine {
    try RunningEngine {
      $0.checkpoints.folder = folder.path
      $0.checkpoints.every = 3600
      $0.overload.policy = .shed
      $0.limits.queue = 8
      $0.learner.hidden.neurons = 1000
    }
  }

  @Test func whatWasLostAndSpentGoesOn() throws {
    let folder = try Folder()
    let first = try Self.engine(folder)
    let feeder = try first.feeder()
    for trial in TestTrial.series(0..<40) { try feeder.send(trial, eventsPerMessage: 8) }
    let before = try feeder.waitUntilDone(.seconds(60))
    #expect(before.overload.trialsShed > 0 && before.overload.eventsShed > 0)
    #expect(before.loss.trials > 0 && before.busy > 0)
    try first.stop()
    let second = try Self.engine(folder)
    let after = try second.status()
    #expect(after.overload.trialsShed == before.overload.trialsShed)
    #expect(after.overload.messagesShed == before.overload.messagesShed)
    #expect(after.overload.eventsShed == before.overload.eventsShed)
    #expect(after.output.predictionsDropped == before.output.predictionsDropped)
    #expect(after.loss == before.loss)
    #expect(abs(after.busy - before.busy) < 1e-6 * before.busy)
    #expect(after.rates.busy == 0)
  }

  /// The digest of a file guards against damage, not against whoever edits it.
  @Test(arguments: [
    ("retired", "trials", "-1"), ("retired", "restarts", "9223372036854775807"),
    ("", "earlierLate", "-9223372036854775808"), ("", "trialsLearned", "-9223372036854775808"),
    ("status", "late_events", "9223372036854775807"), ("time", "silences", "9223372036854775807"),
    ("time", "wall_clock_us", "9223372036854775807"), ("lost", "events", "-1"), ("", "busy", "-1"),
  ])
  func impossibleNumbersKeepTheEngineFromStarting(
    _ object: String, _ key: String, _ value: String
  ) throws {
    let folder = try Folder()
    func engine() throws -> RunningEngine {
      try RunningEngine { $0.checkpoints.folder = folder.path }
    }
    let first = try engine()
    let feeder = try first.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    try first.stop()
    let path = folder.path + "/checkpoint-1.safetensors"
    var file = try Checkpoint.read(path)
    let text = try #require(file.metadata["part/engine"])
    let start =
      object.isEmpty ? text.startIndex : try #require(text.range(of: "\"\(object)\":{")).upperBound
    let place = try #require(text.range(of: "\"\(key)\":", range: start..<text.endIndex))
    let end = try #require(text[place.upperBound...].firstIndex { "},".contains($0) })
    file.metadata["part/engine"] = text.replacingCharacters(
      in: place.upperBound..<end, with: value)
    try Checkpoint.write(file, to: path)
    do {
      _ = try engine()
      Issue.record("an engine started with \(key) \(value)")
    } catch {
      #expect("\(error)".contains("impossible numbers"), "\(error)")
    }
  }
}
