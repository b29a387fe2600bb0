import Events
import Testing

/// Hands a file to a decoder in pieces of many sizes: the events must not depend on them.
func expectPiecesAlike<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8], _ events: EventBatch,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for size in Array(1...17) + [64, 1000, 4096] where size <= 64 || bytes.count < 100_000 {
    let decoded = try decodeInPieces(codec, bytes) { size }
    #expect(decoded == events, "pieces of \(size)", sourceLocation: sourceLocation)
  }
  var random = SplitMix64(seed: 1)
  for _ in 0..<20 {
    let decoded = try decodeInPieces(codec, bytes) { 1 + random.nextInteger(below: 1000) }
    #expect(decoded == events, sourceLocation: sourceLocation)
  }
}

/// Decodes as a reader of a slow file would: pieces come one by one, and what is not taken in comes again.
func decodeInPieces<Codec: RecordingCodec>(
  _ codec: Codec.Type, _ bytes: [UInt8], _ length: () -> Int
) throws -> EventBatch {
  var decoder = Codec.Decoder()
  var batch = EventBatch()
  var (start, end) = (0, 0)
  var hasHeader = false
  while true {
    let isLast = end == bytes.count
    let taken = try unaligned(Array(bytes[start..<end])) { piece -> Int? in
      hasHeader
        ? try decoder.decode(piece, at: start, isLast: isLast, into: &batch)
        : try decoder.readHeader(piece, isLast: isLast)
    }
    if let taken, !hasHeader {
      hasHeader = true
      start += taken
      continue
    }
    start += taken ?? 0
    if isLast {
      if start == end { return batch }
      if taken ?? 0 == 0 {
        throw RecordingError.truncated(path: nil, offset: start, bytes: end - start)
      }
    } else if taken ?? 0 == 0 {
      end = min(end + length(), bytes.count)
    }
  }
}
