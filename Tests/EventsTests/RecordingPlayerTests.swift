import Events
import Foundation
import Testing

/// Recordings as parts of a stream.
@Suite struct RecordingPlayerTests {
  /// What a player hands out, piece by piece.
  private struct Played {
    var events = EventBatch()
    var pieces: [RecordingPlayer.Piece] = []
    /// With each label, the number of events that were played before it.
    var labels: [(label: StreamLabel, before: Int)] = []
    var end: Int64
    var next: Int64
  }

  /// Plays the recording of `events` with the trials of a table `label,start_us,end_us`.
  private func play(
    _ events: EventBatch, _ trials: String? = nil, at begin: Int64 = 0, count: Int = 2048,
    span: Int64 = RecordingPlayer.longestPiece, transforms: [EventTransform] = []
  ) throws -> Played {
    var played: Played?
    try withFolder { folder in
      let file = folder.appending(path: "a.bin")
      // Without events, a table of them: an empty file is no recording.
      let bytes = events.isEmpty ? Array("t,x,y,on\n".utf8) : try NMNISTCodec.encode(events)
      try Data(bytes).write(to: file)
      var path = file.path
      if let trials {
        let rows = trials.split(separator: " ").map { "a.bin,\($0)\n" }
        path = folder.appending(path: "t.csv").path
        try Data(("path,label,start_us,end_us\n" + rows.joined()).utf8)
          .write(to: URL(filePath: path))
      }
      let recording = try LabelledSet(path: path).recordings[0]
      let player = try RecordingPlayer(recording, at: begin, suffix: "#1")
      var chain = try TransformChain(transforms, input: player.geometry)
      var result = Played(end: 0, next: 0)
      while let piece = try player.next(atMost: count, within: span, through: &chain) {
        result.labels += piece.labels.map { ($0, result.events.count) }
        result.pieces.append(piece)
        result.events.append(player.events, range: piece.range)
      }
      (result.end, result.next) = (player.end, player.next(after: 50))
      played = result
    }
    return try #require(played)
  }

  private func events(_ times: [Int64]) -> EventBatch {
    EventBatch(times.map { Event(t: $0, x: UInt16($0 % 34), y: 1, on: $0 % 2 == 0) })
  }

  @Test func aRecordingAloneIsOneTrialFromTheBeginningOfItsClock() throws {
    let played = try play(events([700, 800, 5000]), at: 20_000)
    #expect(played.events.t == [20_700, 20_800, 25_000])
    #expect(played.labels.map(\.label) == [StreamLabel(t: 20_000, label: nil, name: "a.bin#1")])
    #expect(played.labels[0].before == 0 && played.pieces.count == 1)
    #expect(played.end == 25_001 && played.next == 76_000)
  }

  @Test func aClockThatHasRunForLongBeginsWithTheFirstEvent() throws {
    #expect(try play(events([999_999])).events.t == [999_999])
    #expect(try play(events([1_000_000, 1_002_000])).events.t == [0, 2000])
    let late = try play(events([7_654_321, 7_655_000]), "3,7654400,7654900", at: 1000)
    #expect(late.events.t == [1321, 2000])
    #expect(
      late.labels.map(\.label) == [StreamLabel(t: 1400, label: 3, end: 1900, name: "a.bin[1]#1")])
  }

  @Test func withoutEventsThereIsATrialAllTheSame() throws {
    let played = try play(EventBatch(), at: 3000)
    #expect(played.pieces.map(\.range) == [0..<0])
    #expect(played.labels.map(\.label.t) == [3000] && played.end == 3001)
  }

  @Test(arguments: ["a.bin", "a.csv"])
  func anEmptyFileIsNoRecording(_ name: String) throws {
    try withFolder { folder in
      let path = folder.appending(path: name).path
      try Data().write(to: URL(filePath: path))
      let recording = try LabelledSet(path: path).recordings[0]
      let error = #expect(throws: RecordingError.self) { try RecordingPlayer(recording, at: 0) }
      let description = try #require(error).description
      #expect(description.hasPrefix(path + ": ") && description.hasSuffix("empty"))
    }
  }

  @Test(arguments: [1, 2, 7, 1000, 100_000])
  func labelsComeWithTheFirstEventOfTheirTrial(_ count: Int) throws {
    var random = SplitMix64(seed: 2)
    // More than is read at once.
    let recorded = randomEvents(count == 1 ? 3000 : 120_000, step: 20, using: &random)
    let last = try #require(recorded.t.last)
    let bounds = (0..<21).map { Int64($0) * (last / 21) + 13 }
    let trials = zip(bounds, bounds.dropFirst()).enumerated().map { index, bound in
      "\(index % 4),\(bound.0),\(index % 3 == 0 ? bound.1 : bound.0 + 100)"
    }
    let played = try play(recorded, trials.shuffled().joined(separator: " "), count: count)
    #expect(played.events == recorded)
    #expect(played.pieces.allSatisfy { (1...count).contains($0.range.count) })
    #expect(played.labels.map(\.label.t) == bounds.dropLast())
    for (index, (label, before)) in played.labels.enumerated() {
      #expect(label.label == index % 4 && label.name == "a.bin[\(index + 1)]#1")
      let first = try #require(recorded.t.firstIndex { $0 >= label.t })
      #expect((first - count + 1...first).contains(before))
    }
    if count < 1000 { #expect(played.pieces.count == (recorded.count + count - 1) / count) }
  }

  @Test func piecesAreNoLongerThanAsked() throws {
    let recorded = events([0, 1, 4999, 5000, 9000, 30_000, 20_000_000, 40_000_000, 40_000_001])
    let ranges = try play(recorded, span: 5000).pieces.map(\.range)
    #expect(ranges == [0..<3, 3..<5, 5..<6, 6..<7, 7..<9])
    #expect(try play(recorded, span: .max).pieces.map(\.range) == [0..<6, 6..<7, 7..<9])
  }

  @Test func manyLabelsAreSpreadOverPieces() throws {
    let begins = (0..<100).map { Int64($0 * 10 + 5) }
    let trials = begins.map { "1,\($0),\($0 + 4)" }.joined(separator: " ")
    let played = try play(events([0, 4, 2000, 2001]), trials)
    #expect(played.labels.map(\.label.t) == begins)
    #expect(played.pieces.allSatisfy { $0.labels.count <= RecordingPlayer.mostLabels })
    #expect(played.events.t == [0, 4, 2000, 2001])
    #expect(played.labels.allSatisfy { $0.before == 0 })
  }

  @Test(arguments: [
    (
      "1,5000,6000", "a labelled trial from 5000 to 6000 us is not in it: its last event is at 3000"
    ),
    ("1,3001,", "a labelled trial from 3001 to - us is not in it"),
  ])
  func trialsOutsideTheRecordingAreNamed(_ trial: String, _ reason: String) throws {
    let error = #expect(throws: RecordingError.self) { try play(events([10, 3000]), trial) }
    #expect(error?.description.contains(reason) == true, "\(error as Any)")
    let empty = #expect(throws: RecordingError.self) { try play(EventBatch(), trial) }
    #expect(empty?.description.contains("is not in it: it has no events") == true)
  }

  @Test func aTrialBeforeTheRecordingIsNamed() throws {
    let recorded = events([2_000_100, 2_000_200])
    let error = #expect(throws: RecordingError.self) { try play(recorded, "1,5,2000000") }
    #expect(error?.description.contains("from 5 to 2000000 us is not in it: it begins at") == true)
    // One shortly before it is its beginning.
    #expect(try play(recorded, "1,1234567,2000150").events.t == [766_100, 766_200])
    #expect(try play(recorded, "1,1234567,2000150").labels.map(\.label.t) == [567])
    // What has begun long before is cut.
    #expect(try play(recorded, "1,5,2000150").labels.map(\.label.t) == [0])
    #expect(try play(recorded, "1,5,2000150").labels.map(\.label.end) == [150])
  }

  @Test func eventsOutsideTheSensorAreNamed() throws {
    var random = SplitMix64(seed: 4)
    var recorded = randomEvents(80_000, step: 20, using: &random)
    let last = try #require(recorded.t.last)
    recorded.append(t: last, x: 3, y: 34, on: true)
    let error = #expect(throws: RecordingError.self) { try play(recorded) }
    #expect(
      error?.description.hasSuffix("event 80000 has x = 3, y = 34, outside a 34x34 sensor") == true)
  }

  /// Labels follow the times of their events.
  @Test func transformsWorkOnTheRecordingsOwnClock() throws {
    let skew = try EventTransform("time_skew=2")
    let drop = try EventTransform("drop_pixel=0:1")
    let played = try play(
      events([34, 68, 100]), "1,60,90", at: 1000, transforms: [skew, drop])
    #expect(played.events.t == [1200])
    #expect(played.labels.map(\.label.t) == [1120] && played.labels.map(\.label.end) == [1180])
    #expect(played.end == 1201)
  }
}
