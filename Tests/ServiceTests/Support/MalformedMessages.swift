import Events
import Testing

/// A message that has to be refused, and what is to be said of it.
struct Malformed: Sendable, CustomTestStringConvertible {
  let name: String
  let reason: WireError.Reason
  /// Texts that the refusal holds: the value found and the limit.
  let mentions: [String]
  let frames: [[UInt8]]

  init(
    _ name: String, _ reason: WireError.Reason, _ mentions: [String], _ frames: [[UInt8]]
  ) {
    self.name = name
    self.reason = reason
    self.mentions = mentions
    self.frames = frames
  }

  var testDescription: String { name }
}

extension Malformed {
  static let all = frames + headers + binaryHeaders + payloads + labels + labelTopics + topics

  /// A message on `events/cam/` that is good but for its header or its payload.
  private init(
    _ name: String, _ reason: WireError.Reason, _ mentions: String..., header: [UInt8],
    payload: [UInt8] = Wire.wide()
  ) {
    self.init(name, reason, mentions, [Wire.topic, header, payload])
  }

  private static let frames = [
    Malformed("1 frame", .frames, ["1 frames", "3 or 4"], [Wire.topic]),
    Malformed("2 frames", .frames, ["2 frames", "3 or 4"], [Wire.topic, Wire.json()]),
    Malformed(
      "5 frames", .frames, ["more than 4 frames"], [Wire.topic, Wire.json(), Wire.wide(), [], []]),
    Malformed(
      "2000 frames", .frames, ["more than 4 frames"],
      [Wire.topic] + Array(repeating: Wire.wide(), count: 1999)),
    Malformed("empty frames", .header, ["0 bytes", "48"], [Wire.topic, [], []]),
  ]

  private static let headers = [
    Malformed("not JSON", .header, "not JSON", header: Array("{nope".utf8)),
    Malformed("not UTF-8", .header, "not JSON", header: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D]),
    Malformed("JSON with a zero byte", .header, "not JSON", header: Wire.json() + [0]),
    Malformed(
      "JSON in JSON in JSON", .header, "not JSON",
      header: Array(String(repeating: "{\"a\":", count: 10_000).utf8)),
    Malformed(
      "JSON too long", .header, "65537", "65536",
      header: [0x7B] + Array(repeating: 0x20, count: 65_536)),
    Malformed("no sequence", .header, "\"seq\" is missing", header: Wire.json(["seq": nil])),
    Malformed("negative sequence", .header, header: Wire.json(["seq": "-1"])),
    Malformed("sequence above 2^64", .header, header: Wire.json(["seq": "1e40"])),
    Malformed("width as text", .header, "\"width\"", header: Wire.json(["width": "\"8\""])),
    Malformed("version 2", .header, "version 2", "known is 1", header: Wire.json(["v": "2"])),
    Malformed(
      "unknown encoding", .encoding, "t32_x16", "t64_x16_y16_on8",
      header: Wire.json(["encoding": "\"t32_x16\""])),
    Malformed(
      "encoding with line breaks", .encoding, "known: t32",
      header: Wire.json(["encoding": #""a\nb""#])),
    Malformed("count too large", .count, "2 events", "hold 1", header: Wire.json(["count": "2"])),
    Malformed("count too small", .count, "0 events", "hold 1", header: Wire.json(["count": "0"])),
    Malformed("count negative", .count, "-1 events", header: Wire.json(["count": "-1"])),
    Malformed("another sensor", .geometry, "9x8", "8x8", header: Wire.json(["width": "9"])),
    Malformed("no height", .geometry, "8x0", "1 to 65536", header: Wire.json(["height": "0"])),
    Malformed("width -8", .geometry, "-8x8", "1 to 65536", header: Wire.json(["width": "-8"])),
    Malformed("width 65537", .geometry, "65537x8", header: Wire.json(["width": "65537"])),
    Malformed(
      "t_base too large", .time, "2305843009213693953", "2^61",
      header: Wire.json(["t_base": "2305843009213693953"])),
    Malformed(
      "t_end too small", .time, "-2305843009213693953", "2^61",
      header: Wire.json(["t_end": "-2305843009213693953", "eos": "true"])),
  ]

  private static let binaryHeaders = [
    Malformed("wrong magic", .header, "58 46 46 31", "AFF1", header: Wire.binary(at: 0, [0x58])),
    Malformed(
      "header too short", .header, "47 bytes", "48", header: Array(Wire.binary().prefix(47))),
    Malformed("header too long", .header, "49 bytes", "48", header: Wire.binary() + [0]),
    Malformed(
      "header of 64 KB", .header, "65536 bytes", header: Array(repeating: 1, count: 65_536)),
    Malformed("wrong size field", .header, "size 40", "48", header: Wire.binary(at: 4, [40])),
    Malformed("unknown flags", .header, "flags 2", header: Wire.binary(at: 6, [2])),
    Malformed("unknown encoding number", .encoding, "99", header: Wire.binary(at: 8, [99])),
    Malformed("binary sensor 0x8", .geometry, "0x8", header: Wire.binary(at: 12, [0])),
    Malformed("binary sensor 8x9", .geometry, "8x9", "8x8", header: Wire.binary(at: 14, [9])),
    Malformed(
      "binary count", .count, "4294967295", "hold 1",
      header: Wire.binary(at: 32, [255, 255, 255, 255])),
    Malformed(
      "binary t_base", .time, "2^61", header: Wire.binary(at: 24, Wire.bytes(Int64.min))),
    Malformed("binary t_end", .time, "2^61", header: Wire.binary(at: 40, Wire.bytes(Int64.max))),
  ]

  private static let payloads = [
    Malformed(
      "truncated record", .count, "25 bytes", "13", header: Wire.json(),
      payload: Wire.wide() + Wire.wide().dropLast()),
    Malformed(
      "truncated short record", .count, "9 bytes", "8", header: narrowHeader,
      payload: Wire.narrow() + [0]),
    Malformed(
      "x outside", .geometry, "event 1", "x = 8", "8x8", header: Wire.json(),
      payload: Wire.wide() + Wire.wide(x: 8)),
    Malformed(
      "y outside", .geometry, "event 0", "y = 65535", header: Wire.json(),
      payload: Wire.wide(y: 65_535)),
    Malformed(
      "y outside in 15 bits", .geometry, "y = 32767", header: narrowHeader,
      payload: Wire.narrow(y: 32_767)),
    Malformed(
      "polarity", .encoding, "polarity 2", "0 or 1", header: Wire.json(),
      payload: Wire.wide(on: 2)),
    Malformed(
      "time above 2^62", .time, "4611686018427387904", "2^62", header: Wire.json(),
      payload: Wire.wide(t: 1 << 62)),
    Malformed(
      "time -1", .time, "18446744073709551615", "2^62", header: Wire.json(),
      payload: Wire.wide(t: .max)),
    Malformed(
      "span", .time, "60000001", "60000000", header: Wire.json(),
      payload: Wire.wide(t: 0) + Wire.wide(t: 60_000_001)),
    Malformed(
      "span backwards", .time, "60000001", "60000000", header: narrowHeader,
      payload: Wire.narrow(t: 60_000_001) + Wire.narrow(t: 0)),
  ]

  private static let narrowHeader = Wire.json(["encoding": "\"t32_x16_y15_on1\""])

  /// Labels in the fourth frame of a message, and on their own topic.
  private static let labels = badLabels.map {
    Malformed(
      "\($0.name), fourth frame", $0.reason, $0.mentions,
      [Wire.topic, Wire.json(), Wire.wide(), $0.text])
  }

  private static let labelTopics =
    badLabels.map {
      Malformed("\($0.name), own topic", $0.reason, $0.mentions, [Wire.labelTopic, $0.text])
    } + [
      Malformed("labels alone", .frames, ["1 frames", "2"], [Wire.labelTopic]),
      Malformed("labels and more", .frames, ["3 frames"], [Wire.labelTopic, goodLabel, goodLabel]),
      Malformed(
        "events on labels", .frames, ["3 frames"], [Wire.labelTopic, Wire.json(), Wire.wide()]),
      Malformed(
        "2000 frames of labels", .frames, ["more than 4 frames"],
        [Wire.labelTopic] + Array(repeating: goodLabel, count: 1999)),
    ]

  private static let goodLabel = Array(#"{"t":0,"class":1}"#.utf8)

  private static let badLabels:
    [(name: String, reason: WireError.Reason, mentions: [String], text: [UInt8])] = [
      ("empty label", .label, ["not JSON"], []),
      ("label is no JSON", .label, ["not JSON"], [0xFF, 0x00, 0x7B]),
      ("label is a number", .label, [], Array("3".utf8)),
      ("label without time", .label, ["\"t\" is missing"], Array(#"{"class":1}"#.utf8)),
      ("class 4", .label, ["class 4", "0..<4"], Array(#"[{"t":0,"class":4}]"#.utf8)),
      ("class -1", .label, ["class -1", "0..<4"], Array(#"{"t":0,"class":-1}"#.utf8)),
      ("class 1.5", .label, [], Array(#"{"t":0,"class":1.5}"#.utf8)),
      (
        "one of two is bad", .label, ["class 9"],
        Array(#"[{"t":0,"class":1},{"t":5,"class":9}]"#.utf8)
      ),
      ("end before begin", .label, ["10 us", "20 us"], Array(#"{"t":20,"end":10}"#.utf8)),
      (
        "label in 2 * 10^18 years", .time, ["2305843009213693953", "2^61"],
        Array(#"{"t":2305843009213693953,"class":1}"#.utf8)
      ),
      (
        "name of 257 bytes", .label, ["257", "256"],
        Array(#"{"t":0,"name":"\#(String(repeating: "n", count: 257))"}"#.utf8)
      ),
      ("labels of 64 KB", .label, ["65537", "65536"], Array(repeating: 0x20, count: 65_537)),
      (
        "arrays in arrays", .label, ["not JSON"],
        Array(String(repeating: "[", count: 20_000).utf8)
      ),
    ]

  private static let topics = [
    ("events/", "events/"), ("events//", "events//"), ("events/cam", "events/cam"),
    ("events/cam/x/", "cam/x"), ("events/c m/", "c m"), ("events/c\u{0}m/", "\\0"),
    ("events/c\nm/", "\\n"), ("events/é/", "é"), ("labels/", "labels/"),
    ("events/\(String(repeating: "s", count: 65))/", "sss"),
    ("events/\(String(repeating: "s", count: 65_000))/", "sss"),
  ].map { topic, mention in
    Malformed(
      "topic \(topic.prefix(20).debugDescription)", .topic, [mention, "is not events/<source>/"],
      [Array(topic.utf8), Wire.json(), Wire.wide()])
  }
}
