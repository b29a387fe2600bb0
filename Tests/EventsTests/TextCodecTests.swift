import Events
import Foundation
import Testing

/// CSV and RPG text against lines written by hand.
@Suite struct TextCodecTests {
  static let layout = RecordingLayout(geometry: SensorGeometry(width: 320, height: 240))
  static let events = EventBatch([
    Event(t: 0, x: 30, y: 134, on: false), Event(t: 780, x: 158, y: 59, on: true),
    Event(t: 12_345_678, x: 65535, y: 0, on: true),
  ])
  static let csv = "t,x@320,y@240,on\n0,30,134,0\n780,158,59,1\n12345678,65535,0,1\n"
  static let rpg = "0.000000 30 134 0\n0.000780 158 59 1\n12.345678 65535 0 1\n"

  static func csv(_ text: String) throws -> EventBatch { try CSVCodec.decode(Array(text.utf8)) }
  static func rpg(_ text: String) throws -> EventBatch { try RPGTextCodec.decode(Array(text.utf8)) }

  @Test func readsAndWritesTheUsualForms() throws {
    #expect(try Self.csv(Self.csv) == Self.events)
    #expect(try Self.rpg(Self.rpg) == Self.events)
    #expect(try CSVCodec.encode(Self.events, layout: Self.layout) == Array(Self.csv.utf8))
    #expect(try RPGTextCodec.encode(Self.events, layout: Self.layout) == Array(Self.rpg.utf8))
    #expect(try format(of: Array(Self.csv.utf8)) == .csv)
    #expect(try format(of: Array(Self.rpg.utf8)) == .rpg)
    for (text, size) in [(Self.csv, "320x240"), ("9 8\n" + Self.rpg, "9x8")] {
      try withFile(Array(text.utf8)) { path in
        let geometry = try RecordingReader(path: path).geometry
        #expect(geometry?.description == size)
      }
    }
  }

  @Test func piecesAndDamageChangeNothing() throws {
    let csv = Array(Self.csv.utf8)
    let rpg = Array(("# of a test\n\n320 240\n" + Self.rpg).utf8)
    try expectPiecesAlike(CSVCodec.self, csv, Self.events)
    try expectPiecesAlike(RPGTextCodec.self, rpg, Self.events)
    try expectDamageSurvived(CSVCodec.self, csv, Self.events, seed: 7)
    try expectDamageSurvived(RPGTextCodec.self, rpg, Self.events, seed: 8)
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 9)
    for (start, step) in [(Int64(0), Int64(1)), (-4000, 30), (-1 << 62, 1 << 53), (1 << 61, 10)] {
      let events = randomEvents(
        500, width: 65536, height: 65536, start: start, step: step, using: &random)
      let csv = try CSVCodec.encode(events, layout: Self.layout)
      #expect(try CSVCodec.decode(csv) == events)
      let rpg = try RPGTextCodec.encode(events, layout: Self.layout)
      #expect(try RPGTextCodec.decode(rpg) == events)
    }
    let late = EventBatch([Event(t: 1 << 62, x: 0, y: 0, on: true)])
    #expect(throws: RecordingError.self) { try CSVCodec.encode(late, layout: Self.layout) }
    #expect(throws: RecordingError.self) { try RPGTextCodec.encode(late, layout: Self.layout) }
  }

  /// Seconds as text, and the microseconds nearest to them.
  static let seconds: [(text: String, t: Int64?)] = [
    ("0.000779999", 780), ("0.0000004999", 0), ("0.0000005", 1), ("-0.0000005", -1),
    ("-0.0000004999", 0), ("1e-05", 10), ("1E-05", 10), ("2.5e-6", 3), ("1.5e+3", 1_500_000_000),
    ("5.", 5_000_000), (".5", 500_000), ("+1", 1_000_000), ("7", 7_000_000),
    ("1605537493.718345", 1_605_537_493_718_345),
    ("1605537493.7183449999999999999999999999", 1_605_537_493_718_345),
    ("4611686018427.387903", 1 << 62 - 1), ("4611686018427.387904", nil),
    ("1234567890123.1234567", 1_234_567_890_123_123_457),
    ("-4611686018427.387904", -1 << 62), ("4611686018427.387905", nil),
    ("00000000000000000000000001.5", 1_500_000), ("99999999999999999999", nil),
    ("1e400", nil), ("1e-400", 0), ("0e99999999999999999999", 0),
    ("1.000000000000000000e+00", 1_000_000), ("1.2.3", nil), (".", nil), ("-", nil), ("e5", nil),
    ("1e", nil), ("nan", nil), ("0x10", nil),
    ("123456789012345678901234567890e-24", 123_456_789_012),
  ]

  @Test(arguments: seconds.indices) func timesAreDecimalToTheLastDigit(index: Int) throws {
    let (text, t) = Self.seconds[index]
    let events = try? Self.rpg("\(text) 3 4 1\n")
    #expect(events?.t == t.map { [$0] }, "\(text)")
  }

  static let polarities: [(text: String, on: Bool?)] = [
    ("0", false), ("1", true), ("-1", false), ("+1", true), ("True", true), ("FALSE", false),
    ("2", nil), ("10", nil), ("-10", nil), ("", nil), ("-", nil), ("tru", nil), ("01", nil),
  ]

  @Test(arguments: polarities.indices) func polaritiesHaveManyNames(index: Int) throws {
    let (text, on) = Self.polarities[index]
    for end in ["", "\n", "\r\n", " \n"] {
      #expect((try? Self.rpg("1 3 4 \(text)\(end)"))?.on == on.map { [$0] }, "\(text)")
      #expect((try? Self.csv("t,x,y,p\n1,3,4,\(text)\(end)"))?.on == on.map { [$0] }, "\(text)")
    }
  }

  static let tables = [
    "y;x;polarity;timestamp\r\n4;3;1;1500\r\n", "t_us\tx\ty\tp\n1500\t3\t4\ttrue\n",
    "index,Time_s,name,X,Y,On\n7,0.0015,a b c,3,4,1",
    "\n# t, x, y, p\n# more\n\n 1500 , 3 , 4 , 1 \n",
    "\u{FEFF}t[ms],x,y,p\n1.5,3,4,1\n", "ts_ns,x,y,p,\n1499500,3,4,1,\n",
    ",t,x,y,p\n0,1500,3,4,True\n", "\"t\",\"x\",\"y\",\"p\",\"label\"\n1500,3,4,1,cat\n",
  ]

  @Test(arguments: tables) func columnsGoByTheirNames(text: String) throws {
    #expect(try format(of: Array(text.utf8)) == .csv)
    #expect(try Self.csv(text) == EventBatch([Event(t: 1500, x: 3, y: 4, on: true)]))
  }

  static let refused: [(text: String, reason: String)] = [
    ("0,30,134,0\n1,2,3,1\n", "without a header; put a line such as t,x,y,on"),
    ("t,x,row,p\n1,2,3,1\n", "0 columns y"), ("t,time_s,x,y,p\n", "2 columns t or ts"),
  ]

  @Test(arguments: refused.indices) func refusesTablesThatMakeNoEvents(index: Int) throws {
    let (text, reason) = Self.refused[index]
    let error = #expect(throws: RecordingError.self) { try format(of: Array(text.utf8)) }
    guard case .unsupported(nil, let found)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.contains(reason), "\(found)")
  }

  @Test func namesTheLineAndThePlace() throws {
    let lines: [(line: String, offset: Int)] = [
      ("1,2,x,1", 4), ("a,2,3,1", 0), ("1,65536,3,1", 7), ("1,2,3,7", 6), ("1,2,3", 5),
      ("1,2,3,1,5", 7), ("1 2,3,1", 2), ("1,2,3,1\r5", 7),
      // Seconds under a name without a unit.
      ("0.25,2,3,1", 4),
    ]
    for (line, offset) in lines {
      var events = EventBatch()
      let error = #expect(throws: RecordingError.self) {
        try CSVCodec.decode(Array("t,x,y,on\n1,2,3,1\n\n\(line)\n1,2,3,1\n".utf8), into: &events)
      }
      #expect(events.count == 1, "\(line)")
      guard case .malformed(nil, let place, let reason)? = error else {
        Issue.record("\(line): \(String(describing: error))")
        continue
      }
      #expect(place >= 18 && place <= 18 + offset && reason.hasPrefix("line 4: "), "\(line)")
    }
  }

  @Test func linesHaveABound() throws {
    let blanks = String(repeating: " ", count: 1016)
    #expect(try Self.rpg("1 2 3 1\n1 2 3\(blanks) 1\n").count == 2)
    for end in ["", "\n"] {
      var events = EventBatch()
      let error = #expect(throws: RecordingError.self) {
        try RPGTextCodec.decode(Array("1 2 3 1\n1 2 3\(blanks)  1\(end)".utf8), into: &events)
      }
      #expect(
        error
          == .malformed(
            path: nil, offset: 8, reason: "line 2: a line of more than 1024 bytes"))
      #expect(events.count == 1)
    }
  }

  static let formats: [RecordingFormat] = [.csv, .rpg, .npy]

  @Test(arguments: formats) func aPlaceIsFoundByTime(format: RecordingFormat) throws {
    var random = SplitMix64(seed: 10)
    let events = randomEvents(20_000, start: 500, step: 50, using: &random)
    try withFolder { folder in
      let path = folder.appending(path: "a").path
      let writer = try RecordingWriter(path: path, format: format, layout: Self.layout)
      try writer.write(events)
      try writer.finish()
      let last = try #require(events.t.last)
      for time in [0, 500, 501, 1000, last / 3, last / 2, last - 1, last, last + 1] {
        let reader = try RecordingReader(path: path)
        try reader.seek(to: time)
        var found = EventBatch()
        while try reader.read(into: &found) {}
        let count = events.t.count { $0 >= time }
        #expect(found.count == count, "\(time)")
        #expect(found.t.elementsEqual(events.t.suffix(count)))
      }
      let reader = try RecordingReader(path: path)
      try reader.seek(to: last)
      #expect(reader.offset > reader.fileSize - 10_000)
    }
  }
}
