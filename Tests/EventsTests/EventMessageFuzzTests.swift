import Events
import Testing

/// Random and damaged messages: none may trap, and what is accepted must keep every promise.
@Suite struct EventMessageFuzzTests {
  struct Sample {
    var frames: [[UInt8]]
    var expected: EventMessage
  }

  /// Messages that are accepted, with what they were made of.
  private func samples(using random: inout SplitMix64) throws -> [Sample] {
    var samples: [Sample] = []
    for index in 0..<40 {
      let encoding = WireEncoding.timed[index % WireEncoding.timed.count]
      let form: EventMessageWriter.HeaderForm = random.next() & 1 == 0 ? .json : .binary
      var writer = EventMessageWriter(
        source: "cam\(index)", geometry: .nmnist, encoding: encoding, headerForm: form)
      let tBase = Int64(index) * 1_000_000_000
      let events = randomEvents(random.nextInteger(below: 12), start: tBase, using: &random)
      let labels = index % 3 == 0 ? [StreamLabel(t: tBase, label: index % 10, name: "a/b")] : []
      let header = EventHeader(
        encoding: encoding, sequence: 0, geometry: .nmnist, tBase: tBase, count: events.count)
      samples.append(
        Sample(
          frames: try writer.events(events, range: events.indices, tBase: tBase, labels: labels),
          expected: .events(
            source: "cam\(index)", header: header, events: events, labels: labels)))
    }
    let labels = [StreamLabel(t: 0, label: 5, end: 300_000, name: "Train/5/00001.bin")]
    samples.append(
      Sample(
        frames: [Topic.labels(source: "cam1").bytes, StreamLabel.encode(labels)],
        expected: .labels(source: "cam1", labels: labels)))
    return samples
  }

  /// Numbers and pieces of JSON at which readers stumble.
  static let spice: [[UInt8]] =
    [
      "-1", "0", "18446744073709551615", "18446744073709551616", "9223372036854775807",
      "-9223372036854775808", "1e400", "-0", "1.5", "null", "true", "\"\"", "[]", "{}", "[[[[[[[[",
      "{\"a\":", "\"t_base\":", ",", ":", "\\u0000", "\\ud800", "\u{FEFF}", "events/", "AFF1",
      "2305843009213693952", "-2305843009213693952", "65536", "2147483648",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
      [0, 0, 0, 0, 0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0x40], [0, 0, 0, 0],
    ]

  private func damage(
    _ frames: [[UInt8]], _ pool: [Sample], using random: inout SplitMix64
  ) -> [[UInt8]] {
    var frames = frames
    for _ in 0...random.nextInteger(below: 3) {
      guard !frames.isEmpty else { return frames }
      let place = random.nextInteger(below: frames.count)
      let size = frames[place].count
      let at = random.nextInteger(below: size + 1)
      switch random.nextInteger(below: 10) {
      case 0, 1, 2:
        if at < size { frames[place][at] ^= 1 << UInt8(random.nextInteger(below: 8)) }
      case 3:
        if at < size { frames[place][at] = UInt8(truncatingIfNeeded: random.next()) }
      case 4: frames[place].removeSubrange(at...)
      case 5: frames[place].removeSubrange(at..<min(size, at + random.nextInteger(below: 9)))
      case 6, 7:
        let piece = Self.spice[random.nextInteger(below: Self.spice.count)]
        let end = random.next() & 1 == 0 ? at : min(size, at + piece.count)
        frames[place].replaceSubrange(at..<end, with: piece)
      case 8:
        let other = pool[random.nextInteger(below: pool.count)].frames
        frames[place] = other[random.nextInteger(below: other.count)]
      default:
        if random.next() & 1 == 0 {
          frames.remove(at: place)
        } else {
          frames.insert(frames[place], at: random.nextInteger(below: frames.count + 1))
        }
      }
    }
    return frames
  }

  /// What the engine builds on in every message that was accepted.
  private func keepsItsPromises(_ message: EventMessage, payload: Int) -> Bool {
    let times = -(Int64(1) << 61)...(Int64(1) << 61)
    func holds(_ label: StreamLabel) -> Bool {
      times.contains(label.t) && (0..<10).contains(label.label ?? 0)
        && (label.name ?? "").utf8.count <= 256
        && (label.end.map { $0 > label.t && times.contains($0) } ?? true)
    }
    switch message {
    case .labels(let source, let labels):
      return Topic.isSource(source) && labels.allSatisfy(holds)
    case .events(let source, let header, let events, let labels):
      // A clock of few bits may begin again amid a message.
      var clock = ClockUnwrapper(bits: header.encoding.clockBits ?? 48)
      let isWide = header.encoding.clockBits == nil
      let clocked = events.t.map { isWide ? $0 : clock.unwrap($0) }
      let span = (clocked.max() ?? 0) - (clocked.min() ?? 0)
      return Topic.isSource(source) && labels.allSatisfy(holds) && header.geometry == .nmnist
        && times.contains(header.tBase) && times.contains(header.tEnd ?? 0)
        && (header.encoding.recordSize.map { events.count * $0 == payload } ?? true)
        && (header.count ?? events.count) == events.count && span <= 60_000_000
        && events.indices.allSatisfy {
          SensorGeometry.nmnist.contains(x: events.x[$0], y: events.y[$0])
            && abs(events.t[$0]) <= WireEncoding.timeLimit
            && (events.t[$0] >= header.tBase || [.i64x4, .aedat4].contains(header.encoding))
        }
    }
  }

  @Test func noMessageTraps() throws {
    var random = SplitMix64(seed: 2025)
    let pool = try samples(using: &random)
    var accepted = 0
    var refused: [WireError.Reason: Int] = [:]
    for round in 0..<200_000 {
      let sample = pool[random.nextInteger(below: pool.count)]
      var frames = sample.frames
      switch round % 8 {
      case 0: break
      case 1:
        frames = (0..<random.nextInteger(below: 6)).map { _ in
          (0..<random.nextInteger(below: 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
      default: frames = damage(frames, pool, using: &random)
      }
      do {
        let message = try decode(frames)
        accepted += 1
        if !keepsItsPromises(message, payload: frames.count > 2 ? frames[2].count : 0) {
          Issue.record("round \(round): \(frames) became \(message)")
        }
        if round % 8 == 0, message != sample.expected {
          Issue.record("round \(round): \(message) is not \(sample.expected)")
        }
      } catch let error as WireError {
        refused[error.reason, default: 0] += 1
        if round % 8 == 0 || error.description.isEmpty || error.description.utf8.count > 400 {
          Issue.record("round \(round): \(error)")
        }
      }
    }
    // The damage reached every check that a single message can fail.
    let reasons = Set(refused.keys)
    #expect(
      reasons == [.topic, .frames, .header, .encoding, .count, .geometry, .time, .label])
    #expect((30_000...160_000).contains(accepted))
  }
}
