import Events
import Foundation
import Testing

@Suite struct SampleStreamsTests {
  /// What the command in the folder's README says.
  static let (train, test, seed) = (400, 120, UInt64(1))
  static let command =
    "afferent-sensor write --output SampleStreams --train \(train) --test \(test) --seed \(seed) --force"

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "SampleStreams")

  struct Digest: Decodable {
    /// The class of a recording that is one trial.
    var label: Int?
    var events: Int
    var eventsSHA256: String

    private enum CodingKeys: String, CodingKey {
      case label, events
      case eventsSHA256 = "events_sha256"
    }
  }

  static func digests() throws -> [String: Digest] {
    let data = try Data(contentsOf: root.appending(path: "digests.json"))
    return try JSONDecoder().decode([String: Digest].self, from: data)
  }

  @Test func everyFileHasItsDigest() throws {
    let digests = try Self.digests()
    var names: Set<String> = []
    for part in ["Train", "Test"] {
      let folder = try LabelledSet(path: Self.root.appending(path: part).path)
      #expect(folder.classNames == (0..<10).map(String.init))
      for entry in folder.recordings {
        let summary = try RecordingSummary(path: entry.path)
        let digest = try #require(digests[entry.name])
        #expect(summary.eventsSHA256 == digest.eventsSHA256)
        #expect(summary.events == digest.events)
        #expect(summary.width == 34 && summary.height == 34 && summary.timeReversals == 0)
        #expect(entry.label == digest.label)
        names.insert(entry.name)
      }
    }
    #expect(names == Set(digests.keys))
  }

  @Test func classesAreBalancedAndNoRecordingComesTwice() throws {
    let digests = try Self.digests()
    for (part, count) in [("Train", Self.train), ("Test", Self.test)] {
      let own = digests.filter { $0.key.hasPrefix("\(part)/") }
      #expect(own.count == count)
      for label in 0..<10 { #expect(own.values.count { $0.label == label } == count / 10) }
    }
    #expect(Set(digests.values.map(\.eventsSHA256)).count == digests.count)
  }

  @Test(arguments: ["Train", "Test"])
  func theFolderStaysSmall(part: String) throws {
    let keys: [URLResourceKey] = [.fileSizeKey, .isRegularFileKey]
    let files = try #require(
      FileManager.default.enumerator(
        at: Self.root.appending(path: part), includingPropertiesForKeys: keys))
    var size = 0
    for case let file as URL in files {
      let values = try file.resourceValues(forKeys: Set(keys))
      if values.isRegularFile == true { size += try #require(values.fileSize) }
    }
    #expect((1_000_000...5_000_000).contains(size))
  }

  @Test func theReadmeTellsTheCommand() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains(Self.command))
  }

  /// The first recordings of both parts, byte for byte, with the defaults of the tool, which are the library's.
  @Test func theSimulationGivesTheSameFiles() throws {
    let source = try SimulatedRecordings(scene: .glyphs(), seed: Self.seed)
    for place in 0..<20 {
      for (part, index) in [("Train", place), ("Test", Self.train + place)] {
        let recording = source.recording(index: index)
        let name = String(format: "%@/%d/%05d.bin", part, recording.label, place + 1)
        let file = try Data(contentsOf: Self.root.appending(path: name))
        #expect([UInt8](file) == (try NMNISTCodec.encode(recording.events)), "\(name)")
      }
    }
  }
}
