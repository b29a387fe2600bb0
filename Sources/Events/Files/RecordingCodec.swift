/// A recording file format: how its bytes are told from others, read and written.
///
/// A new format is one file with a conformance, one case of ``RecordingFormat``, and one line in its table.
public protocol RecordingCodec: SendableMetatype {
  associatedtype Decoder: RecordingDecoder
  associatedtype Encoder: RecordingEncoder

  /// Whether a file that begins like this is one of this format.
  ///
  /// - Throws: ``RecordingError/unsupported(path:reason:)`` for a file of this format that holds nothing to be read here.
  static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool
}

extension RecordingCodec {
  /// The events of a whole file in memory.
  ///
  /// - Throws: ``RecordingError`` without a path.
  public static func decode(_ bytes: some Collection<UInt8>) throws(RecordingError) -> EventBatch {
    var batch = EventBatch()
    try decode(bytes, into: &batch)
    return batch
  }

  /// Appends the events of a whole file in memory, also those before an error.
  public static func decode(
    _ bytes: some Collection<UInt8>, into batch: inout EventBatch
  ) throws(RecordingError) {
    let copy = Array(bytes)
    var failure: RecordingError?
    copy.withUnsafeBytes { bytes in
      do throws(RecordingError) {
        var decoder = Decoder()
        guard var offset = try decoder.readHeader(bytes, isLast: true) else {
          throw .truncated(path: nil, offset: 0, bytes: bytes.count)
        }
        while true {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
          let taken = try decoder.decode(rest, at: offset, isLast: true, into: &batch)
          if rest.isEmpty { break }
          guard taken > 0 else {
            throw .truncated(path: nil, offset: offset, bytes: rest.count)
          }
          offset += taken
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// The bytes of a whole file.
  public static func encode(
    _ batch: EventBatch, layout: RecordingLayout
  ) throws(RecordingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var encoder = try Encoder(layout)
    try encoder.begin(into: &bytes)
    try encoder.encode(batch, range: batch.indices, into: &bytes)
    if let patch = try encoder.finish(into: &bytes) {
      bytes.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
    }
    return bytes
  }
}
