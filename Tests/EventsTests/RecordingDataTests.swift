import Events
import Foundation
import Testing

/// Recordings of real sensors against what other decoders found in them.
@Suite struct RecordingDataTests {
  static let hasNMNIST = SharedData.has("nmnist/manifest.csv")

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

}
