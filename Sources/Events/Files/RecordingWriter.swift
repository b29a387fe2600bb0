import Foundation

/// Writes a recording file: aside, and under its own name when it is whole.
public final class RecordingWriter {
  public let path: String
  public let format: RecordingFormat
  /// Events written so far.
  public private(set) var events = 0
  /// Bytes written so far.
  public private(set) var size = 0

  private let unfinished: String
  private let file: FileHandle
  private var encoder: any RecordingEncoder
  private var bytes: [UInt8] = []
  private var isFinished = false

  /// Begins the file.
  ///
  /// - Throws: ``RecordingError``, also for a layout that the format does not have.
  public init(
    path: String, format: RecordingFormat, layout: RecordingLayout
  ) throws(RecordingError) {
    self.path = path
    self.format = format
    encoder = try Self.makeEncoder(format.codec, layout, path)
    unfinished = "\(path).unfinished-\(getpid())"
    guard FileManager.default.createFile(atPath: unfinished, contents: nil),
      let file = FileHandle(forWritingAtPath: unfinished)
    else {
      throw .file(
        path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
    self.file = file
    do throws(RecordingError) {
      try encoder.begin(into: &bytes)
    } catch {
      throw error.at(path)
    }
  }

  deinit {
    try? file.close()
    if !isFinished { try? FileManager.default.removeItem(atPath: unfinished) }
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

  /// Ends the file and puts it in place, over an older one of its name.
  public func finish() throws(RecordingError) {
    let patch: RecordingPatch?
    do throws(RecordingError) {
      patch = try encoder.finish(into: &bytes)
    } catch {
      throw error.at(path)
    }
    try flush()
    try attempt {
      if let patch {
        try file.seek(toOffset: UInt64(patch.offset))
        try file.write(contentsOf: patch.bytes)
      }
      try file.close()
      guard rename(unfinished, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
    isFinished = true
  }

  private static func makeEncoder<Codec: RecordingCodec>(
    _ codec: Codec.Type, _ layout: RecordingLayout, _ path: String
  ) throws(RecordingError) -> any RecordingEncoder {
    do throws(RecordingError) { return try Codec.Encoder(layout) } catch { throw error.at(path) }
  }

  private func flush() throws(RecordingError) {
    guard !bytes.isEmpty else { return }
    try attempt { try file.write(contentsOf: bytes) }
    size += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }

  private func attempt(_ work: () throws -> Void) throws(RecordingError) {
    do {
      try work()
    } catch {
      throw .file(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }
}
