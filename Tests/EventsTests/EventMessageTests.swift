import Events
import Testing

@Suite struct EventMessageTests {
  static let events = EventBatch([
    Event(t: 1005, x: 5, y: 7, on: true), Event(t: 1000, x: 33, y: 33, on: false),
  ])
  static let topic = Array("events/cam1/".utf8)
  static let header = Array(
    #"{"v":1,"encoding":"t32_x16_y15_on1","seq":3,"width":34,"height":34,"t_base":1000}"#.utf8)
  static let payload: [UInt8] = [5, 0, 0, 0, 5, 0, 15, 0, 0, 0, 0, 0, 33, 0, 66, 0]
  static let labels = Array(#"{"t":1000,"class":4}"#.utf8)

  private func header(_ fields: String, geometry: String = #""width":34,"height":34"#) -> [UInt8] {
    Array(#"{"encoding":"t32_x16_y15_on1","seq":3,\#(geometry),\#(fields)}"#.utf8)
  }

  @Test func readsAMessageWrittenByHand() throws {
    let expected = EventHeader(
      encoding: .t32x16y15on1, sequence: 3, geometry: .nmnist, tBase: 1000)
    #expect(
      try decode([Self.topic, Self.header, Self.payload])
        == .events(source: "cam1", header: expected, events: Self.events, labels: []))
    #expect(
      try decode([Self.topic, Self.header, Self.payload, Self.labels])
        == .events(
          source: "cam1", header: expected, events: Self.events,
          labels: [StreamLabel(t: 1000, label: 4)]))
    #expect(
      try decode([Array("labels/cam1/".utf8), Self.labels])
        == .labels(source: "cam1", labels: [StreamLabel(t: 1000, label: 4)]))
  }

  @Test func framesAreCounted() {
    for count in 0...6 {
      let events = [Self.topic, Self.header, Self.payload, Self.labels, [], []]
      let error = refusal(Array(events.prefix(count)))
      #expect((error == nil) == (3...4).contains(count))
      if let error {
        #expect(error.reason == .frames)
        if count > 0 {
          #expect(error.description == "\(count) frames on events/cam1/, which takes 3 or 4")
        }
      }
      guard count > 0 else { continue }
      let labels =
        [Array("labels/cam1/".utf8)] + [[UInt8]](repeating: Self.labels, count: count - 1)
      let other = refusal(labels)
      #expect((other == nil) == (count == 2))
      if let other {
        #expect(
          other == WireError(.frames, "\(count) frames on labels/cam1/, which takes 2"))
      }
    }
    #expect(refusal([])?.description == "a message without frames")
    #expect(refusal([[], [], [], []])?.reason == .topic)
  }

  @Test func theSensorMustBeTheModels() {
    for (geometry, text) in [
      (#""width":128,"height":128"#, "128x128"), (#""width":34,"height":33"#, "34x33"),
      (#""width":33,"height":34"#, "33x34"),
    ] {
      let error = refusal([Self.topic, header(#""t_base":0"#, geometry: geometry), Self.payload])
      #expect(
        error == WireError(.geometry, "the sensor has \(text) pixels, the model 34x34"))
    }
    var outside = Self.payload
    outside[12] = 34
    #expect(
      refusal([Self.topic, Self.header, outside])
        == WireError(.geometry, "event 1 has x = 34, y = 33, outside 34x34"))
  }

  @Test func theCountMustHold() throws {
    _ = try decode([Self.topic, header(#""count":2"#), Self.payload])
    for count in ["0", "1", "3", "-1", "-2", "9223372036854775807", "-9223372036854775808"] {
      let error = refusal([Self.topic, header(#""count":\#(count)"#), Self.payload])
      #expect(
        error == WireError(.count, "the header says \(count) events, 16 bytes hold 2"))
    }
    for extra in 1...7 {
      let payload = Self.payload + [UInt8](repeating: 0, count: extra)
      for fields in [#""count":2"#, #""t_base":0"#] {
        let error = refusal([Self.topic, header(fields), payload])
        #expect(error?.reason == .count)
        #expect(error?.description.contains("\(16 + extra) bytes are no multiple of the 8") == true)
      }
    }
  }

  @Test func aMessageMustNotSpanTooMuch() throws {
    var limits = EventMessage.Limits(geometry: .nmnist, classes: 10)
    #expect(limits.longestSpan == 60_000_000)
    limits.longestSpan = 5
    _ = try decode([Self.topic, Self.header, Self.payload], limits: limits)
    limits.longestSpan = 4
    #expect(
      refusal([Self.topic, Self.header, Self.payload], limits: limits)
        == WireError(.time, "the events span 5 us, the limit is 4 us a message"))
    // Both ends of what a header and a record can state.
    let header = Array(
      #"{"encoding":"t64_x16_y16_on8","seq":3,"width":34,"height":34,"t_base":-2305843009213693952}"#
        .utf8)
    let payload =
      little(UInt64(0)) + [0, 0, 0, 0, 0] + little(UInt64(1) << 62 - 1) + [0, 0, 0, 0, 0]
    #expect(
      refusal([Self.topic, header, payload], limits: limits)
        == WireError(
          .time, "the events span 4611686018427387903 us, the limit is 4 us a message"))
  }

  @Test func extremeTimesAreRefused() {
    for field in ["t_base", "t_end"] {
      let limit: Int64 = 1 << 61
      let times: [Int64] = [.min, .min + 1, -limit - 1, limit + 1, .max - 1, .max]
      for time in times {
        let error = refusal([Self.topic, header(#""\#(field)":\#(time)"#), Self.payload])
        #expect(
          error == WireError(.time, "the header has the time \(time) us, the limit is +-2^61"))
      }
    }
  }

  @Test func badLabelsSpoilTheMessage() {
    for (text, reason) in [
      (#"{"t":0,"class":10}"#, WireError.Reason.label), ("", .label), ("[1]", .label),
      (#"[{"t":9223372036854775807}]"#, .time),
    ] {
      let frame = Array(text.utf8)
      #expect(refusal([Self.topic, Self.header, Self.payload, frame])?.reason == reason)
      #expect(refusal([Array("labels/cam1/".utf8), frame])?.reason == reason)
    }
    let three = EventMessage.Limits(geometry: .nmnist, classes: 3)
    #expect(
      refusal([Array("labels/cam1/".utf8), Self.labels], limits: three)
        == WireError(.label, "the class 4 is outside 0..<3"))
  }
}

@Suite struct EventMessageWriterTests {
  @Test(arguments: EventMessageWriter.HeaderForm.allCases, WireEncoding.timed)
  func whatIsWrittenIsRead(form: EventMessageWriter.HeaderForm, encoding: WireEncoding) throws {
    var random = SplitMix64(seed: 31)
    var writer = EventMessageWriter(
      source: "cam1", geometry: .nmnist, encoding: encoding, headerForm: form)
    for number in 0..<50 {
      let tBase = Int64(random.nextInteger(below: 1 << 40)) - 1 << 39
      let events = randomEvents(
        random.nextInteger(below: 60), start: tBase, step: 10_000, using: &random)
      let begin = random.nextInteger(below: events.count + 1)
      let labels = (0..<random.nextInteger(below: 3)).map {
        StreamLabel(t: tBase + Int64($0), label: $0, end: tBase + 9, name: "Train/\($0)/\(number)")
      }
      #expect(writer.nextSequence == UInt64(number))
      let frames = try writer.events(
        events, range: begin..<events.count, tBase: tBase, labels: labels)
      #expect(frames.count == (labels.isEmpty ? 3 : 4))
      #expect((frames[1].first == UInt8(ascii: "{")) == (form == .json))
      var part = EventBatch()
      part.append(events, range: begin..<events.count)
      let header = EventHeader(
        encoding: encoding, sequence: UInt64(number), geometry: .nmnist, tBase: tBase,
        count: part.count)
      #expect(
        try decode(frames)
          == .events(source: "cam1", header: header, events: part, labels: labels))
    }
  }

  @Test(arguments: EventMessageWriter.HeaderForm.allCases)
  func theEndOfARecordingIsRead(form: EventMessageWriter.HeaderForm) throws {
    var writer = EventMessageWriter(source: "cam1", geometry: .nmnist, headerForm: form)
    for (number, end) in [Int64(0), 336_040, -5, 1 << 61, -1 << 61].enumerated() {
      let header = EventHeader(
        encoding: .t32x16y15on1, sequence: UInt64(number), geometry: .nmnist, tBase: end, count: 0,
        endOfRecording: true, tEnd: end)
      #expect(
        try decode(writer.endOfRecording(at: end))
          == .events(source: "cam1", header: header, events: EventBatch(), labels: []))
    }
  }

  @Test func aRefusedEventTakesNoNumber() throws {
    var writer = EventMessageWriter(source: "cam1", geometry: .nmnist)
    let batch = EventBatch([Event(t: 5, x: 0, y: 0, on: true)])
    #expect(throws: WireError.self) { try writer.events(batch, range: 0..<1, tBase: 6) }
    #expect(throws: WireError(.time, "t_base is 2305843009213693953 us, the limit is +-2^61")) {
      try writer.events(batch, range: 0..<0, tBase: 1 << 61 + 1)
    }
    #expect(writer.nextSequence == 0)
    _ = try writer.events(batch, range: 0..<1, tBase: 5)
    #expect(writer.nextSequence == 1)
  }
}
