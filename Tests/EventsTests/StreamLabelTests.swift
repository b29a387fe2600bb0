import Events
import Testing

@Suite struct StreamLabelTests {
  private func read(_ text: String, classes: Int = 10) throws -> [StreamLabel] {
    try unaligned(Array(text.utf8)) { try StreamLabel.decode($0, classes: classes) }
  }

  private func refusal(_ text: String, classes: Int = 10) -> WireError? {
    #expect(throws: WireError.self) { try read(text, classes: classes) }
  }

  @Test func oneLabelOrSeveral() throws {
    let one = StreamLabel(t: 5, label: 3)
    #expect(try read(#"{"t":5,"class":3}"#) == [one])
    #expect(try read(#"[{"t":5,"class":3}]"#) == [one])
    #expect(try read(" \n[ {\"class\": 3, \"t\": 5} ]") == [one])
    #expect(try read("\t{\"class\": 3, \"t\": 5}") == [one])
    #expect(try read("[]") == [])
    #expect(
      try read(#"[{"t":0},{"t":-7,"class":0,"end":9,"name":"Train/5/00001.bin"}]"#) == [
        StreamLabel(t: 0, label: nil),
        StreamLabel(t: -7, label: 0, end: 9, name: "Train/5/00001.bin"),
      ])
  }

  @Test func theWrittenFormIsReadBack() throws {
    let labels = [
      StreamLabel(t: 1 << 61, label: 9, name: "a\"\\\n\u{1F600}"),
      StreamLabel(t: -1 << 61, label: nil, end: 1 << 61), StreamLabel(t: 3, label: 0, end: 4),
    ]
    let bytes = StreamLabel.encode(labels)
    #expect(try unaligned(bytes) { try StreamLabel.decode($0, classes: 10) } == labels)
    #expect(
      String(decoding: StreamLabel.encode([labels[2]]), as: UTF8.self)
        == #"[{"class":0,"end":4,"t":3}]"#)
    #expect(
      String(
        decoding: StreamLabel.encode([StreamLabel(t: 0, label: 5, name: "Train/5/00001.bin")]),
        as: UTF8.self) == #"[{"class":5,"name":"Train/5/00001.bin","t":0}]"#)
  }

  static let refusals: [(json: String, reason: WireError.Reason, text: [String])] = [
    (#"{"t":0,"class":10}"#, .label, ["10", "0..<10"]),
    (#"{"t":0,"class":-1}"#, .label, ["-1", "0..<10"]),
    (#"[{"t":0,"class":1},{"t":0,"class":11}]"#, .label, ["11", "0..<10"]),
    (#"{"t":0,"class":1.5}"#, .label, ["\"class\" is 1.5"]),
    (#"{"t":0,"class":"1"}"#, .label, ["\"class\"", "Int"]),
    (#"{"class":1}"#, .label, ["\"t\" is missing"]),
    (#"[{"t":0},{"class":1}]"#, .label, ["\"[1].t\" is missing"]),
    (#"[{"t":0},{"t":true}]"#, .label, ["\"[1].t\" is no Int64"]),
    (#"{"t":5,"end":5}"#, .label, ["5 us", "begin at 5 us"]),
    (#"{"t":5,"end":4,"class":1}"#, .label, ["4 us", "begin at 5 us"]),
    (#"{"t":2305843009213693953}"#, .time, ["2305843009213693953", "2^61"]),
    (#"{"t":-9223372036854775808}"#, .time, ["-9223372036854775808", "2^61"]),
    (#"{"t":0,"end":9223372036854775807}"#, .time, ["9223372036854775807", "2^61"]),
    (
      #"{"t":0,"end":9223372036854775808}"#, .label,
      ["\"end\" is 9223372036854775808", "...9223372036854775807"]
    ),
    ("", .label, ["not JSON"]), ("null", .label, ["this is no object"]),
    ("5", .label, ["this is no object"]), ("[", .label, ["not JSON"]),
    ("[[]]", .label, ["\"[0]\" is no object"]), ("[5]", .label, ["\"[0]\" is no object"]),
    (#"{"t":0}{"t":1}"#, .label, ["not JSON"]),
  ]

  @Test(arguments: refusals.indices) func refusesLabelsThatCannotBe(index: Int) {
    let (json, reason, text) = Self.refusals[index]
    let error = refusal(json)
    #expect(error?.reason == reason, "\(json): \(error?.description ?? "")")
    #expect(error?.description.isEmpty == false && error?.description.contains("\"\"") == false)
    for part in text {
      #expect(error?.description.contains(part) == true, "\(json): \(error?.description ?? "")")
    }
  }

  @Test func namesAndFramesHaveALimit() throws {
    let longest = String(repeating: "n", count: 256)
    #expect(try read(#"{"t":0,"name":"\#(longest)"}"#).first?.name == longest)
    #expect(
      refusal(#"{"t":0,"name":"\#(longest)n"}"#)
        == WireError(.label, "a name of 257 bytes, the limit is 256"))
    let room = String(repeating: " ", count: StreamLabel.largestFrame - 7)
    #expect(try read(#"{"t":0}"# + room).count == 1)
    #expect(
      refusal(#"{"t":0}"# + room + " ")
        == WireError(.label, "labels of 65537 bytes, the limit is 65536"))
    for count in [600, 30_000] {
      let nested = String(repeating: "[", count: count) + String(repeating: "]", count: count)
      #expect(refusal(nested)?.reason == .label)
    }
  }
}
