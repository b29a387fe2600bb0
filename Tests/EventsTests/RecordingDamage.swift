import Events
import Testing

/// Cuts and damages a file that holds `events`: a cut gives an error or the events before it, and no bytes are the end of
/// the program or read otherwise in pieces.
func expectDamageSurvived<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8], _ events: EventBatch, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for cut in 0..<bytes.count {
    var found = EventBatch()
    try? Codec.decode(bytes[..<cut], into: &found)
    var expected = EventBatch()
    expected.append(events, range: 0..<min(found.count, events.count))
    #expect(found == expected, "cut at \(cut)", sourceLocation: sourceLocation)
  }
  var random = SplitMix64(seed: seed)
  for round in 0..<2000 {
    let bad = damaged(bytes, using: &random)
    let whole = try? Codec.decode(bad)
    let pieces = try? decodeInPieces(codec, bad) { 1 + random.nextInteger(below: 40) }
    #expect(whole == pieces, "round \(round)", sourceLocation: sourceLocation)
  }
}

/// `bytes` with a few bytes changed, taken out, put in or repeated.
func damaged(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
  var bytes = bytes
  for _ in 0...random.nextInteger(below: 4) where !bytes.isEmpty {
    let place = random.nextInteger(below: bytes.count)
    let value = UInt8(truncatingIfNeeded: random.next())
    switch random.nextInteger(below: 5) {
    case 0: bytes[place] = value
    case 1: bytes[place] ^= 1 << (value & 7)
    case 2: bytes.remove(at: place)
    case 3: bytes.insert(value, at: place)
    default:
      let end = min(bytes.count, place + Int(value & 31))
      bytes.insert(contentsOf: bytes[place..<end], at: place)
    }
  }
  return bytes
}

/// The format that a file of these bytes is taken for.
func format(of bytes: [UInt8]) throws -> RecordingFormat {
  try bytes.withUnsafeBytes { raw in
    let head = UnsafeRawBufferPointer(rebasing: raw.prefix(RecordingHead.size))
    return try RecordingFormat(of: RecordingHead(bytes: head, fileSize: bytes.count))
  }
}
