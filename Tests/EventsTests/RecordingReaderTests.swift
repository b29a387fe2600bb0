import Events
import Foundation
import Testing

@Suite struct RecordingReaderTests {
  private func error(of bytes: [UInt8]) throws -> String? {
    var text: String?
    try withFile(bytes) { path in
      do throws(RecordingError) {
        _ = try RecordingReader(path: path)
      } catch {
        guard case .unknownFormat(path, let reason) = error else { throw error }
        text = reason
      }
    }
    return text
  }

  @Test func readsInChunksOfAnySize() throws {
    var random = SplitMix64(seed: 21)
    let events = randomEvents(500, using: &random)
    let bytes = try NMNISTCodec.encode(events)
    try withFile(bytes) { path in
      #expect(try RecordingReader.readAll(path: path) == events)
      for size in [-1, 1, 3, 4096] {
        let reader = try RecordingReader(path: path, chunkSize: size)
        #expect(reader.format == .nmnist && reader.fileSize == bytes.count && reader.offset == 0)
        var batch = EventBatch()
        var last = 0
        while try reader.read(into: &batch) {
          #expect(reader.offset > last)
          last = reader.offset
        }
        #expect(last == bytes.count)
        #expect(batch == events)
      }
    }
  }

  @Test func anEmptyFileIsNoRecording() throws {
    #expect(try error(of: []) == "it is empty")
  }

  @Test func aFileCutAnywhereNamesItselfAndGivesTheEventsBefore() throws {
    let bytes = NMNISTCodecTests.bytes
    // The first seven bytes would also be a record of SLAYER.
    for cut in 1..<bytes.count where cut % 5 != 0 && cut != 7 {
      try withFile(Array(bytes[..<cut])) { path in
        let reader = try RecordingReader(path: path, chunkSize: 7)
        var batch = EventBatch()
        let error = #expect(throws: RecordingError.self) {
          while try reader.read(into: &batch) {}
        }
        #expect(
          error
            == .truncated(path: path, offset: cut / 5 * 5, bytes: cut % 5))
        #expect(error?.description.hasPrefix("\(path): ") == true)
        #expect(try batch == NMNISTCodec.decode(bytes[..<(cut / 5 * 5)]))
      }
    }
  }

  @Test func saysWhyAPathCannotBeRead() throws {
    #expect(throws: RecordingError.file(path: "/nonexistent/a.bin", reason: "no such file")) {
      try RecordingReader(path: "/nonexistent/a.bin")
    }
    let folder = NSTemporaryDirectory()
    let error = #expect(throws: RecordingError.self) { try RecordingReader(path: folder) }
    #expect(error?.description == "\(folder): this is a folder, not a recording")
  }

  static let foreign: [(content: String, name: String)] = [
    ("{\"events\": 12, \"width\": 34}\n", "JSON"),
    ("<?xml version=\"1.0\"?>\n<a/>", "XML or HTML"),
    ("It was the best of times, it was the worst of times", "text"),
  ]

  @Test(arguments: foreign.indices) func namesForeignFormats(index: Int) throws {
    let (content, name) = Self.foreign[index]
    #expect(try error(of: Array(content.utf8)) == "it begins like \(name)")
  }

  /// Columns 37, 60, 116 and 123 of N-Caltech101 are the characters `%`, `<`, `t` and `{`.
  @Test func recordingsThatBeginLikeTextAreRead() throws {
    let places: [(UInt16, UInt16)] = [
      (123, 34), (123, 90), (60, 97), (37, 32), (116, 44), (91, 10),
    ]
    for (x, y) in places {
      let events = EventBatch(
        (0..<70).map { Event(t: 6 + 40 * $0, x: x, y: y, on: $0 % 2 == 0) })
      for count in [1, 2, 70] {
        var some = EventBatch()
        some.append(events, range: 0..<count)
        try withFile(try NMNISTCodec.encode(some)) { path in
          let events = try RecordingReader.readAll(path: path)
          #expect(events == some)
        }
      }
    }
  }

  @Test func refusesNoise() throws {
    var random = SplitMix64(seed: 5)
    for _ in 0..<50 {
      let bytes = (0..<2000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(try error(of: bytes)?.hasPrefix("it has no known signature") == true)
    }
  }
}
