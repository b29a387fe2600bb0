import Events
import Foundation
import Testing

/// numpy's files against headers and records written by hand.
@Suite struct NPYCodecTests {
  /// A file of a given header and records.
  static func file(
    _ descr: String, _ shape: String, _ records: [UInt8], version: UInt8 = 1,
    order: String = "False"
  ) -> [UInt8] {
    let text = Array("{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
    let length = version == 1 ? little(UInt16(text.count)) : little(UInt32(text.count))
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + records
  }

  static let descr = "[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]"
  static let events = EventBatch([
    Event(t: 42, x: 0x123, y: 0x456, on: true), Event(t: -7, x: 65535, y: 0, on: false),
    Event(t: 1 << 62 - 1, x: 0, y: 65535, on: true),
  ])
  static func record(_ event: Event) -> [UInt8] {
    little(event.t) + little(event.x) + little(event.y) + [event.on ? 1 : 0]
  }
  static let bytes = file(
    descr, "(3,)", events.indices.flatMap { record(events[$0]) })

  @Test func readsRecordsAsDescribed() throws {
    #expect(try NPYCodec.decode(Self.bytes) == Self.events)
    #expect(try format(of: Self.bytes) == .npy)
    try expectPiecesAlike(NPYCodec.self, Self.bytes, Self.events)
    for version in UInt8(1)...3 {
      let empty = Self.file(Self.descr, "(0,)", [], version: version)
      #expect(try NPYCodec.decode(empty).isEmpty)
    }
  }

  @Test func damagedFilesAreSurvived() throws {
    try expectDamageSurvived(NPYCodec.self, Self.bytes, Self.events, seed: 5)
    for cut in 0..<Self.bytes.count {
      #expect(throws: RecordingError.self) { try NPYCodec.decode(Self.bytes[..<cut]) }
    }
  }

  /// Dtypes of one event at 258 us, x = 3, y = 4, ON.
  static let dtypes: [(descr: String, record: [UInt8])] = [
    ("[('x', '<i2'), ('y', '<i2'), ('t', '<i8'), ('p', '|b1')]", [3, 0, 4, 0] + little(258) + [1]),
    (
      "[('ts', '>u4'), ('Y', '|u1'), ('X', '>i2'), ('polarity', '|i1')]",
      [0, 0, 1, 2, 4, 0, 3, 1]
    ),
    (
      "[('timestamp', '<u8'), ('', '|V3'), ('x', '<i4'), ('y', '>u8'), ('on', '<i2')]",
      little(258) + [9, 9, 9, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0]
    ),
    (
      "[(('title', 'time'), '<i2'), ('x', '|i1'), ('y', '|u1'), ('s', '<U2'), ('w', '<f4', (2,)), ('pol', '|i1')]",
      [2, 1, 3, 4] + [UInt8](repeating: 7, count: 16) + [1]
    ),
    (
      "{'names': ['p', 't', 'x', 'y'], 'formats': ['u1', '<i4', '<u2', '<u2'], 'offsets': [9, 0, 4, 6], 'itemsize': 12}",
      [2, 1, 0, 0, 3, 0, 4, 0, 5, 1, 5, 5]
    ),
  ]

  @Test(arguments: dtypes.indices) func readsFieldsOfManyTypes(index: Int) throws {
    let (descr, record) = Self.dtypes[index]
    let events = try NPYCodec.decode(Self.file(descr, "(2,)", record + record))
    let event = Event(t: 258, x: 3, y: 4, on: true)
    #expect(events == EventBatch([event, event]))
  }

  @Test func polaritiesMayBeSigned() throws {
    let descr = "[('t', '<i2'), ('x', 'u1'), ('y', 'u1'), ('p', 'i1')]"
    let events = try NPYCodec.decode(
      Self.file(descr, "(3L,)", [1, 0, 0, 0, 255, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]))
    #expect(events.on == [false, true, false])
  }

  static let refusals: [(bytes: [UInt8], reason: String)] = [
    (file("'<i8'", "(2, 4)", []), "2 dimensions"), (file(descr, "()", []), "0 dimensions"),
    (file("'<i8'", "(8,)", []), "plain <i8"),
    (file(descr, "(0,)", [], order: "True"), "Fortran order"),
    (file("[('t', '<f8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]", "(0,)", []), "'<f8'"),
    (file("[('t', '<i8'), ('x', '<u2'), ('y', '<u2')]", "(0,)", []), "no field on or p"),
    (file("[('t', '|O'), ('x', '<u2'), ('y', '<u2'), ('p', 'u1')]", "(0,)", []), "'|O'"),
    (file("[('t', [('a', '<i8')]), ('x', '<u2')]", "(0,)", []), "fields within fields"),
    (file("[('t', '<i8'), ('ts', '<i8')]", "(0,)", []), "more than one number for t"),
    (file("[('t', '<i8'), ('x', '<u2', (9999, 9999))]", "(0,)", []), "field 'x'"),
    ([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0, 0, 0], "version 9.0"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatHoldsNoEvents(index: Int) throws {
    let (bytes, reason) = Self.refusals[index]
    let error = #expect(throws: RecordingError.self) { try NPYCodec.decode(bytes) }
    guard case .unsupported(nil, let text)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.contains(reason), "\(text)")
  }

  static let malformed = [
    file("[" + String(repeating: "(", count: 1000), "(1,)", []),
    file(descr, "(-1,)", []), file(descr, "(9223372036854775807,)", []),
    file(descr, "(99999999999999999999,)", []), file("'a\\'b'", "(1,)", []),
    file(descr, "(1,)", [UInt8](repeating: 0, count: 14)),
    [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF],
  ]

  @Test(arguments: malformed.indices) func refusesHeadersThatMakeNoSense(index: Int) throws {
    let error = #expect(throws: RecordingError.self) {
      try NPYCodec.decode(Self.malformed[index])
    }
    guard case .malformed? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func namesTheFirstNumberThatIsNoEvent() throws {
    let descr = "[('t', '<u8'), ('x', '<i4'), ('y', '<i4'), ('p', 'i1')]"
    let good = little(UInt64(1)) + little(Int32(2)) + little(Int32(3)) + [1]
    let bad: [([UInt8], String)] = [
      (little(UInt64.max) + good[8...], "a time of 9223372036854775807"),
      (good[..<8] + little(Int32(65536)) + good[12...], "a x of 65536"),
      (good[..<12] + little(Int32(-1)) + good[16...], "a y of -1"),
      (good[..<16] + [2], "a polarity of 2"),
    ]
    for (record, reason) in bad {
      let bytes = Self.file(
        descr, "(5,)", good + good + record + [UInt8](repeating: 0xFF, count: 34))
      var events = EventBatch()
      let error = #expect(throws: RecordingError.self) {
        try NPYCodec.decode(bytes, into: &events)
      }
      #expect(events.count == 2)
      #expect(
        error
          == .malformed(
            path: nil, offset: bytes.count - 51, reason: "record 2 has \(reason)"))
    }
  }

  @Test func writesRecordsAsDescribed() throws {
    let layout = RecordingLayout(geometry: .nmnist)
    let bytes = try NPYCodec.encode(Self.events, layout: layout)
    #expect(bytes.count == 128 + 39 && bytes[127] == 0x0A && bytes[8] == 118)
    let text = String(decoding: bytes[10..<127], as: UTF8.self)
    #expect(
      text.hasPrefix("{'descr': \(Self.descr), 'fortran_order': False, 'shape': (3,), } "))
    #expect(Array(bytes[128...]) == Array(Self.bytes.suffix(39)))
    var random = SplitMix64(seed: 6)
    let events = randomEvents(3000, width: 65536, height: 65536, using: &random)
    #expect(try NPYCodec.decode(NPYCodec.encode(events, layout: layout)) == events)
    let late = EventBatch([Event(t: 1 << 62, x: 0, y: 0, on: true)])
    #expect(throws: RecordingError.self) { try NPYCodec.encode(late, layout: layout) }
  }
}
