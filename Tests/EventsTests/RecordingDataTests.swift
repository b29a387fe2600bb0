import Events
import Foundation
import Testing

/// Recordings of real sensors against what other decoders found in them.
@Suite struct RecordingDataTests {
  static let hasNMNIST = SharedData.has("nmnist/manifest.csv")
  static let hasFormats = SharedData.has("formats")

  @Test(.enabled(if: hasNMNIST, "no recordings in ../shared/data/nmnist next to the package"))
  func everyRecordingOfNMNISTIsReadAndWrittenBack() throws {
    let manifest = String(decoding: try SharedData.bytes("nmnist/manifest.csv"), as: UTF8.self)
    let rows = manifest.split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
    #expect(rows.count == 777)
    for row in rows {
      let path = "nmnist/" + row[0]
      let events = try RecordingReader.readAll(path: SharedData.root.appending(path: path).path)
      #expect(events.count == Int(row[2]), "\(path)")
      let written = try NMNISTCodec.encode(events)
      #expect(SHA256.digest(of: written) == row[3], "\(path)")
      #expect(written == (try SharedData.bytes(path)), "\(path)")
      #expect(zip(events.t, events.t.dropFirst()).allSatisfy { $0 <= $1 }, "\(path)")
      #expect(
        events.indices.allSatisfy {
          SensorGeometry.nmnist.contains(x: events.x[$0], y: events.y[$0])
        },
        "\(path)")
    }
  }

  @Test(.enabled(if: hasNMNIST, "no recordings in ../shared/data/nmnist next to the package"))
  func theFoldersOfNMNISTAreDataSets() throws {
    for (name, count) in [("Train", 704), ("Test", 73)] {
      let folder = try LabelledSet(
        path: SharedData.root.appending(path: "nmnist/\(name)").path)
      #expect(folder.recordings.count == count)
      #expect(folder.classNames == (0...9).map(String.init))
      #expect(
        folder.recordings.allSatisfy { $0.name.hasPrefix("\(name)/\($0.label ?? -1)/") })
    }
  }

  /// What a fixture's JSON tells of it.
  struct Reference: Decodable {
    var file: String
    var width: Int?
    var height: Int?
    var eventCount: Int
    var firstTimestampUs: Int64
    var lastTimestampUs: Int64
    var onCount: Int
    var eventsSha256: String
  }

  @Test(
    .enabled(if: hasFormats, "no fixtures in ../shared/data/formats next to the package"),
    arguments: ["slayer-2d-nmnist-train-00001.bs2", "ncaltech101-faces_easy_0001.bin"])
  func summariesAgreeWithOtherDecoders(file: String) throws {
    let json = Data(try SharedData.bytes("formats/\(file).json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let reference = try decoder.decode(Reference.self, from: json)
    let summary = try RecordingSummary(
      path: SharedData.root.appending(path: "formats/\(file)").path)
    #expect(summary.events == reference.eventCount)
    #expect(summary.width == reference.width && summary.height == reference.height)
    #expect(summary.firstTime == reference.firstTimestampUs)
    #expect(summary.lastTime == reference.lastTimestampUs)
    #expect(summary.onEvents == reference.onCount)
    #expect(summary.timeReversals == 0)
    #expect(summary.eventsSHA256 == reference.eventsSha256)
  }
}
