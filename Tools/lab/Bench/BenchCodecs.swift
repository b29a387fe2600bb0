import Events

/// Files and messages from bytes to events and back, in memory.
struct BenchCodecs: BenchWorkload {
  private static let events = 1 << 18

  func groups(_ settings: BenchSettings) -> [BenchGroup] {
    let samples = settings.samples
    func group(_ name: String, _ make: @escaping (EventBatch) throws -> BenchCodec) -> BenchGroup {
      BenchGroup(
        cases: [("decode", true), ("encode", false)].map { verb, decodes in
          BenchCase("\(verb).\(name)", unit: "pass") {
            try BenchCodecSubject(make(Self.batch(samples)), decodes: decodes)
          }
        })
    }
    return [group("nmnist", BenchCodec.recording)]
      + WireEncoding.allCases.map { encoding in
        group(encoding.rawValue) { try BenchCodec.message($0, encoding) }
      }
  }

  /// The recordings, one after the other, within the 8 s that a file counts without overflows.
  private static func batch(_ samples: BenchSamples) -> EventBatch {
    var batch = EventBatch()
    var (index, begin) = (0, Int64(0))
    while batch.count < events, begin < 8_000_000 {
      var events = samples[index].events
      events.shift(by: begin)
      batch.append(events)
      index += 1
      begin += BenchStrokes.length
    }
    return batch
  }
}

/// One way from events to bytes and back.
struct BenchCodec {
  var events: Int
  var bytes: Int
  var decode: () throws -> Int
  var encode: () throws -> Int

  /// Files of N-MNIST.
  static func recording(_ batch: EventBatch) throws -> BenchCodec {
    let bytes = try NMNISTCodec.encode(batch)
    var decoded = EventBatch()
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.count)
    return BenchCodec(events: batch.count, bytes: bytes.count) {
      decoded.removeAll()
      var decoder = NMNISTCodec.Decoder()
      _ = try bytes.withUnsafeBytes {
        try decoder.decode($0, at: 0, isLast: true, into: &decoded)
      }
      return decoded.count
    } encode: {
      encoded.removeAll(keepingCapacity: true)
      var encoder = try NMNISTCodec.Encoder(RecordingLayout(geometry: .nmnist))
      try encoder.encode(batch, range: batch.indices, into: &encoded)
      return encoded.count
    }
  }

  /// Payloads of messages.
  static func message(_ batch: EventBatch, _ encoding: WireEncoding) throws -> BenchCodec {
    // Within the 4.29 s that the narrowest encoding holds.
    var batch = EventBatch(
      batch.indices.map { index in
        var event = batch[index]
        event.t %= 4_000_000
        return event
      })
    if !encoding.keepsTimes { batch.mergeTimes(of: batch.indices) }
    let message = batch
    var bytes: [UInt8] = []
    try encoding.encode(message, range: batch.indices, tBase: 0, into: &bytes)
    let payload = bytes
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.count)
    return BenchCodec(events: batch.count, bytes: payload.count) {
      try payload.withUnsafeBytes {
        try encoding.decode($0, tBase: 0, geometry: .nmnist).count
      }
    } encode: {
      encoded.removeAll(keepingCapacity: true)
      try encoding.encode(message, range: message.indices, tBase: 0, into: &encoded)
      return encoded.count
    }
  }
}

private final class BenchCodecSubject: BenchSubject {
  private let codec: BenchCodec
  private let decodes: Bool

  init(_ codec: BenchCodec, decodes: Bool) {
    self.codec = codec
    self.decodes = decodes
  }

  func run(_ count: Int) throws -> BenchWork {
    for _ in 0..<count {
      let made = decodes ? try codec.decode() : try codec.encode()
      guard made == (decodes ? codec.events : codec.bytes) else {
        throw BenchError("a codec made \(made) of \(codec.events) events, \(codec.bytes) bytes")
      }
    }
    var work = BenchWork()
    work.units = count
    work.events = count * codec.events
    work.bytes = count * codec.bytes
    return work
  }
}
