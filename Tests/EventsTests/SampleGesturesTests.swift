import Events
import Foundation
import Testing

@Suite struct SampleGesturesTests {
  /// What the command in the folder's README says.
  static let (train, test, seed) = (24, 8, UInt64(1))
  static let command =
    "afferent-sensor write --scene gestures --output SampleStreams/Gestures --train \(train) --test \(test) --seed \(seed) --force"

  static let root = SampleStreamsTests.root.appending(path: "Gestures")

  static func lines(_ name: String) throws -> [String] {
    try String(contentsOf: root.appending(path: name), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  static func name(_ person: Int) -> String { String(format: "user%02d", person + 1) }

  @Test func everyRecordingHasItsDigest() throws {
    let data = try Data(contentsOf: Self.root.appending(path: "digests.json"))
    let digests = try JSONDecoder().decode([String: SampleStreamsTests.Digest].self, from: data)
    #expect(
      Set(digests.keys) == Set((0..<Self.train + Self.test).map { Self.name($0) + ".aedat" }))
    for (name, digest) in digests {
      let summary = try RecordingSummary(path: Self.root.appending(path: name).path)
      #expect(summary.eventsSHA256 == digest.eventsSHA256)
      #expect(summary.events == digest.events)
      #expect(summary.width == 128 && summary.height == 128 && summary.timeReversals == 0)
    }
    #expect(Set(digests.values.map(\.eventsSHA256)).count == digests.count)
  }

  @Test func listsNameEveryPersonOnce() throws {
    let people = (0..<Self.train + Self.test).map { Self.name($0) + ".aedat" }
    #expect(try Self.lines("trials_to_train.txt") == Array(people.prefix(Self.train)))
    #expect(try Self.lines("trials_to_test.txt") == Array(people.dropFirst(Self.train)))
    #expect(
      try Self.lines("gesture_mapping.csv")
        == ["action,label"] + Gesture.allCases.map { "\($0.name),\($0.rawValue)" })
  }

  @Test func theFolderStaysSmall() throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.root, includingPropertiesForKeys: [.fileSizeKey])
    let size = try files.reduce(0) {
      $0 + (try $1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
    }
    #expect((5_000_000...6_000_000).contains(size))
  }

  @Test func theReadmeTellsTheCommand() throws {
    let url = SampleStreamsTests.root.appending(path: "README.md")
    #expect(try String(contentsOf: url, encoding: .utf8).contains(Self.command))
  }

  /// A person of each part, byte for byte, with the defaults of the tool, which are the library's.
  @Test(arguments: [0, Self.train])
  func theSimulationGivesTheSameFiles(person: Int) throws {
    let recording = try GestureRecordings(seed: Self.seed).recording(index: person)
    let file = try Data(contentsOf: Self.root.appending(path: Self.name(person) + ".aedat"))
    let bytes = try AEDAT3Codec.encode(
      recording.events, layout: RecordingLayout(geometry: .dvs128))
    #expect([UInt8](file) == bytes)
    #expect(
      try Self.lines(Self.name(person) + "_labels.csv")
        == ["class,startTime_usec,endTime_usec"]
        + recording.trials.map { "\($0.gesture.rawValue),\($0.begin),\($0.end)" })
  }
}
