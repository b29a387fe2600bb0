import Events
import Foundation
import Learning
import Testing

/// What a stream holds back, and numbers that somebody has edited, in snapshots.
@Suite struct HeldEventsTests {
  private static func session() throws -> Session {
    try Session(smallConfiguration { $0.stream.reorderWindow = 50_000 })
  }

  /// The text goes into the header of a file, whose size has a limit.
  @Test func eventsThatWaitForEarlierOnesAreNumbers() throws {
    let whole = try Self.session()
    whole.label(StreamLabel(t: 0, label: 1))
    var random = SplitMix64(seed: 4)
    let stream = events(0..<60_000, meanInterval: 5).shuffled(using: &random)
    let (first, rest) = (stream.prefix(stream.count / 2), stream.dropFirst(stream.count / 2))
    whole.send(first)
    let snapshot = try whole.learner.snapshot()
    #expect(snapshot["held.times"]?.longs?.count ?? 0 > 3000)
    #expect(snapshot.text.utf8.count < 3000)
    let resumed = try Self.session()
    try resumed.learner.restore(snapshot)
    for session in [whole, resumed] {
      session.send(rest)
      session.end()
    }
    #expect(resumed.network.weightsDigest == whole.network.weightsDigest)
    #expect(resumed.learner.counters == whole.learner.counters)
    #expect(whole.learner.counters.trialsLearned == 1)
  }

  @Test(arguments: ["held.times", "held.numbers", "held.addresses", "pending"])
  func whatIsMissingOrDoesNotFitIsRefused(_ name: String) throws {
    let session = try Self.session()
    session.send(events(0..<60_000))
    let snapshot = try session.learner.snapshot()
    let index = try #require(snapshot.tensors.firstIndex { $0.name == name })
    var lacking = snapshot
    lacking.tensors.remove(at: index)
    var wrong = snapshot
    let isLong = snapshot.tensors[index].longs != nil
    wrong.tensors[index] =
      isLong
      ? .init(name: name, shape: [1], longs: [Int64.min])
      : .init(name: name, shape: [1], integers: [-1])
    let other = try Self.session()
    for part in [lacking, wrong] {
      #expect(throws: ConfigurationError.self) { try other.learner.restore(part) }
    }
    try other.learner.restore(snapshot)
  }

  @Test(arguments: [
    "events", "late_events", "steps", "trials", "trials_learned", "trials_too_long", "trials_shed",
    "state_resets", "late_labels", "dropped_labels", "time_jumps", "restarts",
  ])
  func impossibleCountersAreRefused(_ name: String) throws {
    let session = try Self.session()
    var snapshot = try session.learner.snapshot()
    for value in [-1, Int.max] {
      var edited = snapshot
      edited.text = snapshot.text.replacingOccurrences(
        of: "\"\(name)\":0", with: "\"\(name)\":\(value)")
      #expect(edited.text != snapshot.text)
      let error = #expect(throws: ConfigurationError.self) {
        try session.learner.restore(edited)
      }
      #expect(error?.description.contains("impossible numbers") == true, "\(error as Any)")
    }
    snapshot.text = snapshot.text.replacingOccurrences(of: "\"\(name)\":0", with: "\"\(name)\":1")
    try session.learner.restore(snapshot)
  }

  /// No file displaces another one that could not be read again itself.
  @Test func aHeaderThatCannotBeReadIsNotWritten() throws {
    let folder = try Folder()
    let session = try Self.session()
    let geometry = SensorGeometry(width: 6, height: 6)
    try Checkpoint.save(session.network, geometry: geometry, to: folder.file("model"))
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("model")))
    let part = CheckpointPart(text: String(repeating: "x", count: 100_000_001))
    let error = #expect(throws: ConfigurationError.self) {
      try Checkpoint.save(
        session.network, geometry: geometry, parts: ["much": part], to: folder.file("model"))
    }
    #expect(error?.description.hasPrefix(folder.file("model") + ": a header of ") == true)
    #expect(error?.description.contains("100000000") == true, "\(error as Any)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("model"))) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
  }
}
