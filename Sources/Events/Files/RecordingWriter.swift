/// Writes a recording file: aside, and under its own name when it is whole.
public final class RecordingWriter {
  public let path: String
  public let format: RecordingFormat
  /// Events written so far.
  public private(set) var events = 0
  /// Bytes written so far.
  public private(set) var size = 0

  private let file: UnfinishedFile
  private var encoder: any RecordingEncoder
  private var bytes: [UInt8] = []

  /// Begins the file.
  ///
  /// - Parameter replaces: whether a file of the name may be there.
  /// - Throws: ``RecordingError``, also for a layout that the format does not have.
  public init(
    path: String, format: RecordingFormat, layout: RecordingLayout, replaces: Bool = false
  ) throws(RecordingError) {
    self.path = path
    self.format = format
    encoder = try Self.makeEncoder(format.codec, layout, path)
    file = try UnfinishedFile(path, replaces: replaces)
    do throws(RecordingError) {
      try encoder.begin(into: &bytes)
    } catch {
      throw error.at(path)
    }
  }

  /// Appends the events of `batch`.
  ///
  /// - Throws: ``RecordingError``; the file will not be finished then.
  public func write(_ batch: EventBatch) throws(RecordingError) {
    var start = 0
    // In pieces, so that the bytes of a large batch are never held all at once.
    while start < batch.count {
      let end = min(start + 1 << 16, batch.count)
      do throws(RecordingError) {
        try encoder.encode(batch, range: start..<end, into: &bytes)
      } catch {
        throw error.at(path)
      }
      try flush()
      start = end
    }
    events += batch.count
  }

  /// Ends the file and gives it its name.
  public func finish() throws(RecordingError) {
    let patch: RecordingPatch?
    do throws(RecordingError) {
      patch = try encoder.finish(into: &bytes)
    } catch {
      throw error.at(path)
    }
    try flush()
    if let patch { try file.overwrite(patch.bytes, at: patch.offset) }
    try file.finish()
  }

  private static func makeEncoder<Codec: RecordingCodec>(
    _ codec: Codec.Type, _ layout: RecordingLayout, _ path: String
  ) throws(RecordingError) -> any RecordingEncoder {
    do throws(RecordingError) { return try Codec.Encoder(layout) } catch { throw error.at(path) }
  }

  private func flush() throws(RecordingError) {
    guard !bytes.isEmpty else { return }
    try file.write(bytes)
    size += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }
}
