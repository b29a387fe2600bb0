import Events
import Testing

@Suite struct EventHeaderTests {
  static let full = EventHeader(
    encoding: .t64x16y16on8, sequence: 0x0102_0304_0506_0708,
    geometry: SensorGeometry(width: 258, height: 772), tBase: -2, count: 0x0A0B_0C0D,
    endOfRecording: true, tEnd: 0x1112_1314_1516_1718)
  static let binary: [UInt8] = [
    0x41, 0x46, 0x46, 0x31,  // AFF1
    48, 0, 1, 0,  // size, end of recording
    2, 0, 0, 0,  // encoding
    0x02, 0x01, 0x04, 0x03,  // width, height
    0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,  // sequence
    0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  // t_base
    0x0D, 0x0C, 0x0B, 0x0A, 0, 0, 0, 0,  // count
    0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,  // t_end
  ]

  private func read(_ bytes: [UInt8]) throws -> EventHeader {
    try unaligned(bytes) { try EventHeader($0) }
  }

  private func refusal(_ bytes: [UInt8]) -> WireError? {
    #expect(throws: WireError.self) { try read(bytes) }
  }

  private func refusal(_ json: String) -> WireError? { refusal(Array(json.utf8)) }

  // MARK: Binary

  @Test func theBinaryFormIsAsDocumented() throws {
    #expect(try read(Self.binary) == Self.full)
    #expect(Self.full.binary(count: 0x0A0B_0C0D) == Self.binary)
    let small = EventHeader(
      encoding: .t32x16y15on1, sequence: 0, geometry: .nmnist, tBase: 0, count: 3)
    let bytes = small.binary(count: 3)
    #expect(
      bytes == Array("AFF1".utf8) + [48, 0, 0, 0, 1, 0, 0, 0, 34, 0, 34, 0]
        + [UInt8](repeating: 0, count: 16) + [3, 0, 0, 0, 0, 0, 0, 0]
        + [UInt8](repeating: 255, count: 8))
    #expect(try read(bytes) == small)
  }

  @Test func negativeEndsAreKept() throws {
    var header = Self.full
    for end: Int64 in [-2, -1000, -1 << 61, 0, 1 << 61] {
      header.tEnd = end
      #expect(try read(header.binary(count: 0x0A0B_0C0D)).tEnd == end)
      #expect(try read(header.json).tEnd == end)
    }
  }

  /// Offset, bytes to put there, reason, and what the text must hold.
  static let damage: [(offset: Int, bytes: [UInt8], reason: WireError.Reason, text: String)] = [
    (0, [0x42], .header, "begins with 42 46 46 31, not with AFF1"),
    (3, [0x32], .header, "begins with 41 46 46 32, not with AFF1"),
    (4, [47], .header, "size 47 with flags 1; known: 48, 0 or 1"),
    (4, [48, 1], .header, "size 304 with flags 1; known: 48, 0 or 1"),
    (6, [2], .header, "size 48 with flags 2; known: 48, 0 or 1"),
    (6, [0, 0x80], .header, "size 48 with flags 32768; known: 48, 0 or 1"),
    (8, [0], .encoding, "encoding number 0 is not known"),
    (8, [99], .encoding, "encoding number 99 is not known"),
    (8, [1, 1], .encoding, "encoding number 257 is not known"),
    (10, [1], .header, "bytes 10 and 36"), (11, [1], .header, "bytes 10 and 36"),
    (36, [1], .header, "bytes 10 and 36"), (39, [1], .header, "bytes 10 and 36"),
    (12, [0, 0], .geometry, "a sensor of 0x772 pixels; a side is 1 to 65536"),
    (14, [0, 0], .geometry, "a sensor of 258x0 pixels; a side is 1 to 65536"),
    (24, little(Int64.min), .time, "-9223372036854775808 us, the limit is +-2^61"),
    (24, little(Int64.max), .time, "9223372036854775807 us, the limit is +-2^61"),
    (24, little(Int64(1) << 61 + 1), .time, "2305843009213693953 us"),
    (40, little(Int64.min), .time, "-9223372036854775808 us, the limit is +-2^61"),
    (40, little(Int64.max), .time, "9223372036854775807 us, the limit is +-2^61"),
  ]

  @Test(arguments: damage.indices) func refusesDamagedBinaryHeaders(index: Int) {
    let (offset, bytes, reason, text) = Self.damage[index]
    var header = Self.binary
    header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    let error = refusal(header)
    #expect(error?.reason == reason)
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
  }

  @Test func aBinaryHeaderHas48Bytes() {
    for count in [0, 1, 3, 4, 47, 49, 96] {
      let bytes = Array((Self.binary + Self.binary).prefix(count))
      let error = refusal(bytes)
      #expect(error?.reason == .header)
      #expect(
        error?.description
          == "\(count) bytes that do not begin with {; a binary header has 48")
    }
  }

  /// No byte is without meaning.
  @Test func everyByteCounts() throws {
    for offset in Self.binary.indices {
      var bytes = Self.binary
      bytes[offset] ^= 0x40
      if let header = try? read(bytes) { #expect(header != Self.full, "byte \(offset)") }
    }
  }

  // MARK: JSON

  @Test func theJSONFormIsAsDocumented() throws {
    let text =
      #"{"v":1,"encoding":"t64_x16_y16_on8","seq":72623859790382856,"width":258,"height":772,"#
      + #""t_base":-2,"count":168496141,"eos":true,"t_end":1230066625199609624}"#
    #expect(String(decoding: Self.full.json, as: UTF8.self) == text)
    #expect(try read(Array(text.utf8)) == Self.full)
    let least = #"{"encoding":"t32_x16_y15_on1","seq":0,"width":34,"height":34}"#
    let header = EventHeader(encoding: .t32x16y15on1, sequence: 0, geometry: .nmnist)
    #expect(try read(Array(least.utf8)) == header)
    #expect(try read(header.json) == header)
    // As json.dumps writes it, in any order, with fields of others in between.
    let other =
      #"{ "height": 34, "camera": {"name": ["a", null]}, "width": 34, "seq": 5, "eos": false, "#
      + #""t_base": null, "encoding": "t32_x16_y15_on1", "v": 1 }"#
    #expect(try read(Array(other.utf8)).sequence == 5)
  }

  @Test func theExtremesOfEveryFieldComeBack() throws {
    for sequence: UInt64 in [0, 1 << 53 + 1, .max] {
      for time: Int64 in [-1 << 61, -1, 0, 1 << 53 + 1, 1 << 61] {
        let header = EventHeader(
          encoding: .t32x16y15on1, sequence: sequence,
          geometry: SensorGeometry(width: 65535, height: 1), tBase: time, count: 1 << 32 - 1)
        #expect(try read(header.json) == header)
        #expect(try read(header.binary(count: 1 << 32 - 1)) == header)
      }
    }
    let widest = EventHeader(
      encoding: .t32x16y15on1, sequence: 0, geometry: SensorGeometry(width: 65536, height: 65536))
    #expect(try read(widest.json) == widest)
  }

  /// A field, its value, and what the refusal must be.
  static let fields: [(field: String, value: String, reason: WireError.Reason, text: [String])] = [
    ("v", "2", .header, ["version 2", "known is 1"]),
    ("v", #""1""#, .header, ["\"v\"", "Int"]),
    ("encoding", #""t32""#, .encoding, ["\"t32\"", "t32_x16_y15_on1, t64_x16_y16_on8"]),
    ("encoding", "1", .header, ["\"encoding\"", "String"]),
    ("seq", "-1", .header, ["\"seq\" is -1", "0...18446744073709551615"]),
    ("seq", "18446744073709551616", .header, ["\"seq\" is 18446744073709551616"]),
    ("seq", "1.5", .header, ["\"seq\" is 1.5", "0...18446744073709551615"]),
    ("seq", "1e400", .header, ["\"seq\""]),
    ("seq", #""1""#, .header, ["\"seq\"", "UInt64"]), ("seq", "null", .header, ["\"seq\""]),
    ("seq", "true", .header, ["\"seq\"", "UInt64"]),
    ("seq", "[1]", .header, ["\"seq\"", "UInt64"]),
    ("width", "0", .geometry, ["0x34", "1 to 65536"]),
    ("width", "-34", .geometry, ["-34x34", "1 to 65536"]),
    ("height", "65537", .geometry, ["34x65537", "1 to 65536"]),
    ("height", "9223372036854775807", .geometry, ["9223372036854775807", "1 to 65536"]),
    (
      "height", "9223372036854775808", .header,
      ["\"height\" is 9223372036854775808", "...9223372036854775807"]
    ),
    ("t_base", "9223372036854775807", .time, ["9223372036854775807", "2^61"]),
    ("t_base", "-9223372036854775808", .time, ["-9223372036854775808", "2^61"]),
    ("t_base", "2305843009213693953", .time, ["2305843009213693953", "2^61"]),
    (
      "t_base", "9223372036854775808", .header,
      ["\"t_base\" is 9223372036854775808", "...9223372036854775807"]
    ),
    ("t_end", "9223372036854775807", .time, ["9223372036854775807", "2^61"]),
    ("t_end", "-9223372036854775808", .time, ["-9223372036854775808", "2^61"]),
    ("count", "0.5", .header, ["\"count\" is 0.5", "...9223372036854775807"]),
    ("eos", "1", .header, ["\"eos\"", "Bool"]),
  ]

  @Test(arguments: fields.indices) func refusesFieldsThatCannotBe(index: Int) {
    let (field, value, reason, text) = Self.fields[index]
    var all = ["encoding": #""t32_x16_y15_on1""#, "seq": "1", "width": "34", "height": "34"]
    all[field] = value
    let json = "{" + all.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    let error = refusal(json)
    #expect(error?.reason == reason, "\(json): \(error?.description ?? "")")
    for part in text {
      #expect(error?.description.contains(part) == true, "\(json): \(error?.description ?? "")")
    }
  }

  @Test func namesTheMissingField() {
    let all = ["encoding": #""t32_x16_y15_on1""#, "seq": "1", "width": "34", "height": "34"]
    for missing in all.keys {
      let rest = all.filter { $0.key != missing }.map { "\"\($0.key)\":\($0.value)" }
      let error = refusal("{" + rest.joined(separator: ",") + "}")
      #expect(error == WireError(.header, "the field \"\(missing)\" is missing"))
    }
  }

  @Test func refusesWhatIsNoJSON() {
    let valid = String(decoding: Self.full.json, as: UTF8.self)
    for text in ["{", "{}}", "{]", "{\"seq\":", valid + "x", String(valid.dropLast()), "{\u{0}"] {
      let error = refusal(text)
      #expect(error?.reason == .header)
      #expect(error?.description.isEmpty == false)
    }
    #expect(refusal(Array("{\"a\":\"".utf8) + [0xFF, 0xC0, 0x22, 0x7D])?.reason == .header)
    #expect(refusal("{") == WireError(.header, "this is not JSON"))
  }

  @Test func aJSONHeaderHasALimit() throws {
    let json = Self.full.json
    let room = [UInt8](repeating: 0x20, count: EventHeader.largestJSON - json.count)
    #expect(try read(json + room) == Self.full)
    #expect(
      refusal(json + room + [0x20])
        == WireError(.header, "a header of 65537 bytes, the limit is 65536"))
  }

  @Test func deepNestingIsRefusedWithoutACrash() {
    let kinds = [(100_000, "[", "]"), (30_000, "[", "]"), (10_000, "{\"a\":", "}")]
    for (count, open, close) in kinds {
      let nested = String(repeating: open, count: count) + String(repeating: close, count: count)
      for text in ["{\"a\":" + nested + "}", "{\"a\":" + String(repeating: open, count: count)] {
        #expect(refusal(text)?.reason == .header)
      }
    }
  }

  /// What a stranger sent goes into a log.
  @Test func refusalsAreShortAndOnOneLine() {
    let long = String(repeating: "e\u{301}", count: 20_000)
    let many = "e" + String(repeating: "\u{301}", count: 20_000)
    for name in [long, many, "a\\u000ab\\u001b[2J\\u2028c", "\\u202eabc"] {
      let json = #"{"encoding":"\#(name)","seq":1,"width":34,"height":34}"#
      let text = refusal(json)?.description ?? ""
      #expect(text.utf8.count < 400, "\(text.utf8.count) bytes")
      #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(text)")
    }
    let number = String(repeating: "9", count: 60_000)
    let text = refusal(#"{"encoding":"x","seq":\#(number),"width":34,"height":34}"#)?.description
    #expect((text ?? "").utf8.count < 400)
  }
}
