import Events
import Foundation
import Testing

/// The events of a file that may be cut or damaged, and what was wrong with it.
func decodeAnything<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8]
) -> (events: EventBatch, error: RecordingError?) {
  var events = EventBatch()
  do {
    try codec.decode(bytes, into: &events)
    return (events, nil)
  } catch {
    return (events, error)
  }
}

/// The format of a file that begins with `bytes`.
func recognise(_ bytes: [UInt8]) throws -> RecordingFormat {
  try unaligned(bytes) { try RecordingFormat(of: RecordingHead(bytes: $0, fileSize: nil)) }
}

/// Every cut of a file gives an error or not, and the first events in any case.
func expectCutsGivePrefixes<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8], wholeAt: Set<Int>,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let events = try codec.decode(bytes)
  for cut in 0..<bytes.count {
    let (part, error) = decodeAnything(codec, Array(bytes[..<cut]))
    #expect(part.count <= events.count, "cut at \(cut)", sourceLocation: sourceLocation)
    for index in part.indices {
      #expect(part[index] == events[index], "cut at \(cut)", sourceLocation: sourceLocation)
    }
    #expect(
      (error == nil) == wholeAt.contains(cut), "cut at \(cut)", sourceLocation: sourceLocation)
  }
}

/// Damages a file here and there, many times: nothing may crash, and pieces must not matter.
func expectDamageIsHarmless<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8], from start: Int = 0, times: Int = 2000,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var random = SplitMix64(seed: 77)
  for round in 0..<times {
    var damaged = bytes
    for _ in 0..<1 + random.nextInteger(below: 4) {
      let place = start + random.nextInteger(below: bytes.count - start)
      damaged[place] =
        random.nextInteger(below: 4) == 0
        ? UInt8(truncatingIfNeeded: random.next()) : damaged[place] ^ 1 << UInt8(random.next() & 7)
    }
    if random.nextInteger(below: 4) == 0 {
      damaged.removeLast(random.nextInteger(below: damaged.count - start))
    }
    let (events, error) = decodeAnything(codec, damaged)
    guard round.isMultiple(of: 10) else { continue }
    let size = 1 + random.nextInteger(below: 50)
    let pieces = try? decodeInPieces(codec, damaged) { size }
    #expect((pieces == nil) == (error != nil), "round \(round)", sourceLocation: sourceLocation)
    #expect(pieces == nil || pieces == events, "round \(round)", sourceLocation: sourceLocation)
  }
}
