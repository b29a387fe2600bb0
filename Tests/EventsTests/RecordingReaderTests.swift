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
        var reads = 0
        while try reader.read(into: &batch) {
          reads += 1
          #expect(reader.offset == min(reads * max(size, 1), bytes.count))
        }
        #expect(batch == events)
      }
    }
  }

  @Test func anEmptyFileHoldsNoEvents() throws {
    try withFile([]) { path in
      let events = try RecordingReader.readAll(path: path)
      #expect(events.isEmpty)
    }
  }

  @Test func aFileCutAnywhereNamesItselfAndGivesTheEventsBefore() throws {
    let bytes = NMNISTCodecTests.bytes
    for cut in 1..<bytes.count where cut % 5 != 0 {
      try withFile(Array(bytes[..<cut])) { path in
        let reader = try RecordingReader(path: path, chunkSize: 7)
        var batch = EventBatch()
        let error = #expect(throws: RecordingError.self) {
          while try reader.read(into: &batch) {}
        }
        #expect(
          error
            == .truncated(path: path, offset: cut / 5 * 5, bytes: cut % 5, recordSize: 5))
        #expect(error?.description.hasPrefix("\(path): ") == true)
        var whole = EventBatch()
        var decoder = NMNISTCodec.Decoder()
        bytes[..<cut].withUnsafeBytes { decoder.decode($0, into: &whole) }
        #expect(batch == whole)
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
    ("#!AER-DAT2.0\r\n# This is a raw AE data file\r\n", "an AEDAT file"),
    ("#!AER-DAT4.0\r\n\u{2C}\u{3}\u{0}\u{0}\u{18}\u{0}", "an AEDAT file"),
    ("Event Stream\u{2}\u{0}\u{0}\u{1}\u{34}\u{0}\u{34}\u{0}", "an Event Stream file"),
    ("% Date 2020-09-25 07:48:14\n% evt 3.0\n", "a Prophesee RAW or DAT file"),
    ("% evt 2.1\n% end\n\u{0}\u{0}\u{0}\u{80}", "a Prophesee RAW or DAT file"),
    ("{\"events\": 12, \"width\": 34}\n", "JSON"), ("<?xml version=\"1.0\"?>\n<a/>", "XML or HTML"),
    ("t,x@320,y@240,on\n0,0,0,1\n", "CSV"), ("t,x,y,p\n0,0,0,1\n2,5,8,0\n", "CSV"),
    ("0.000000000 33 134 0\n0.000011001 12 5 1\n", "text"),
  ]

  @Test(arguments: foreign.indices) func namesForeignFormats(index: Int) throws {
    let (content, name) = Self.foreign[index]
    let bytes = content.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    #expect(try error(of: bytes) == "it begins like \(name)")
    #expect(
      try error(of: [0x93] + Array("NUMPY\u{1}\u{0}v\u{0}{'descr':".utf8))
        == "it begins like a numpy array")
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
      #expect(try error(of: bytes)?.hasPrefix("read as N-MNIST, time goes back ") == true)
    }
  }
}
