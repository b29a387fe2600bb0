import Events
import Foundation
import Testing

/// What is written as AEDAT 4, and what its table is good for.
@Suite struct AEDAT4EncoderTests {
  static let geometry = SensorGeometry(width: 346, height: 260)
  static let compressions = RecordingLayout.Compression.allCases

  private func layout(_ compression: RecordingLayout.Compression) -> RecordingLayout {
    RecordingLayout(geometry: Self.geometry, compression: compression)
  }

  @Test(arguments: compressions)
  func randomEventsComeBack(compression: RecordingLayout.Compression) throws {
    var random = SplitMix64(seed: 8)
    for (count, start) in [(0, Int64(0)), (1, 5), (9999, -7), (10_000, 1 << 60), (25_001, 0)] {
      let events = randomEvents(
        count, width: 346, height: 260, start: start, step: 1000, using: &random)
      let bytes = try AEDAT4Codec.encode(events, layout: layout(compression))
      #expect(try AEDAT4Codec.decode(bytes) == events)
      try withFile(bytes) { path in
        let reader = try RecordingReader(path: path)
        #expect(reader.geometry == Self.geometry && reader.format == .aedat4)
      }
    }
    let events = randomEvents(3000, width: 346, height: 260, using: &random)
    let bytes = try AEDAT4Codec.encode(events, layout: layout(compression))
    try expectPiecesAlike(AEDAT4Codec.self, bytes, events)
  }

  /// The packet and the table are laid out as dv-processing lays them out.
  @Test func writesPacketsAsDescribed() throws {
    let events = EventBatch([
      Event(t: 1000, x: 0, y: 1, on: true), Event(t: 1004, x: 4, y: 3, on: false),
    ])
    let bytes = try AEDAT4Codec.encode(events, layout: layout(.none))
    let head = try unaligned(Array(bytes[14...])) { try AEDAT4Header.read($0) }
    let (header, length) = try #require(head)
    #expect(header.compression == .none && header.streams.map(\.type) == ["EVTS"])
    let packet: [UInt8] =
      [0, 0, 0, 0, 64, 0, 0, 0]  // stream 0, 64 bytes
      + [60, 0, 0, 0, 16, 0, 0, 0, 69, 86, 84, 83, 0, 0]  // size, root, EVTS
      + [6, 0, 8, 0, 4, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0]  // vtable, table, 2 events
      + [232, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0]
      + [236, 3, 0, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0, 0, 0, 0]
    let start = 14 + length
    #expect(Array(bytes[start..<start + 72]) == packet)
    // The place of the table is told in the header, and the table tells the packet.
    #expect(Array(bytes[54..<62]) == little(Int64(start + 72)))
    let table = Array(bytes[(start + 72)...])
    let entry: [UInt8] =
      little(Int32(0)) + little(Int32(64)) + little(Int64(start + 8)) + little(Int64(2))
      + little(Int64(1000)) + little(Int64(1004))
    #expect(
      Array(table[..<12]) == little(UInt32(table.count - 4)) + [16, 0, 0, 0] + Array("FTAB".utf8))
    #expect(table.indices.contains { table[$0...].starts(with: entry) })
  }

  @Test func batchesDoNotShowInTheFile() throws {
    var random = SplitMix64(seed: 9)
    let events = randomEvents(30_000, width: 346, height: 260, using: &random)
    let whole = try AEDAT4Codec.encode(events, layout: layout(.lz4))
    var encoder = try AEDAT4Codec.Encoder(layout(.lz4))
    var bytes: [UInt8] = []
    try encoder.begin(into: &bytes)
    var place = 0
    while place < events.count {
      let end = min(place + 1 + random.nextInteger(below: 7000), events.count)
      try encoder.encode(events, range: place..<end, into: &bytes)
      place = end
    }
    let patch = try #require(try encoder.finish(into: &bytes))
    bytes.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
    #expect(bytes == whole)
  }

  @Test func refusesWhatTheFormatCannotHold() throws {
    for (event, field, value, limit) in [
      (Event(t: 0, x: 32768, y: 0, on: true), "x", Int64(32768), "0 to 32767"),
      (Event(t: 0, x: 0, y: 65535, on: true), "y", 65535, "0 to 32767"),
      (Event(t: 1 << 62, x: 0, y: 0, on: true), "t", 1 << 62, "-2^62 to 2^62 - 1 us"),
      (Event(t: .min, x: 0, y: 0, on: true), "t", .min, "-2^62 to 2^62 - 1 us"),
    ] {
      let batch = EventBatch([Event(t: 0, x: 0, y: 0, on: true), event])
      let expected = RecordingError.notRepresentable(
        index: 1, field: field, value: value, limit: limit)
      #expect(throws: expected) { try AEDAT4Codec.encode(batch, layout: layout(.none)) }
      #expect(throws: expected) { try AEDAT4Events.encode(batch, range: 0..<2) }
    }
  }

  @Test(arguments: compressions)
  func seekingMissesNothing(compression: RecordingLayout.Compression) throws {
    var random = SplitMix64(seed: 10)
    let events = randomEvents(100_000, width: 346, height: 260, step: 50, using: &random)
    let bytes = try AEDAT4Codec.encode(events, layout: layout(compression))
    let last = events.t[events.count - 1]
    let times = [
      -5, events.t[0], events.t[9999], events.t[10_000], events.t[54_321], last, last + 1,
    ]
    func check(_ bytes: [UInt8], isFound: Bool) throws {
      try withFile(bytes) { path in
        for time in times {
          let reader = try RecordingReader(path: path)
          let begin = reader.offset
          try reader.seek(to: time)
          let start = events.t.firstIndex { $0 >= time } ?? events.count
          #expect((reader.offset > begin) == (isFound && start >= 10_000), "to \(time)")
          var found = EventBatch()
          while try reader.read(into: &found) {}
          var expected = EventBatch()
          expected.append(events, range: start..<events.count)
          #expect(found == expected, "to \(time)")
        }
      }
    }
    try check(bytes, isFound: true)
    // Without a table, and with one that is damaged, all is read.
    var without = bytes
    without.replaceSubrange(54..<62, with: little(Int64(-1)))
    let end = Int(bytes[54]) | Int(bytes[55]) << 8 | Int(bytes[56]) << 16 | Int(bytes[57]) << 24
    try check(Array(without[..<end]), isFound: false)
    var damaged = bytes
    for index in damaged.indices[(end + 12)...] { damaged[index] ^= 0x55 }
    try check(damaged, isFound: false)
  }

  @Test(
    .enabled(
      if: FixtureTests.isThere, "no fixtures in ../shared/data/formats next to the package"
    ))
  func tablesOfOthersServeForSeeking() throws {
    // The table of the second tells no times.
    for (file, isFound) in [
      ("aedat4-320x240-tonic.aedat4", true), ("aedat4-davis346-lz4-shiba.aedat4", false),
    ] {
      let path = SharedData.root.appending(path: "formats/\(file)").path
      let all = try RecordingReader.readAll(path: path)
      let time = all.t[all.count * 3 / 4]
      let reader = try RecordingReader(path: path)
      try reader.seek(to: time)
      #expect((reader.offset > reader.fileSize / 2) == isFound)
      var found = EventBatch()
      while try reader.read(into: &found) {}
      var expected = EventBatch()
      expected.append(all, range: (all.t.firstIndex { $0 >= time } ?? 0)..<all.count)
      #expect(found.count == expected.count && found.t == expected.t)
    }
  }
}
