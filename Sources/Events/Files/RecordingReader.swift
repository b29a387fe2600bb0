/// Reads a recording file from its beginning to its end in bounded memory.
public final class RecordingReader {
  public let path: String
  public let format: RecordingFormat
  /// Size of the file in bytes, for progress; 0 for a pipe.
  public var fileSize: Int { file.size ?? 0 }
  /// Whether the file can be read but once.
  public var isPipe: Bool { file.size == nil }
  /// Bytes decoded so far.
  public private(set) var offset = 0
  /// The sensor, as the file states it.
  public var geometry: SensorGeometry? { decoder.geometry }

  private let file: RecordingFile
  private var decoder: any RecordingDecoder
  private var buffer: UnsafeMutableRawBufferPointer
  /// Bytes of the buffer that are read and not yet decoded.
  private var pending = 0..<0
  private var hasEnded = false
  /// Events before this time are left out, after a seek.
  private var begin: Int64?

  /// The longest header or record, in bytes: no more than this is held of a file.
  public static let largestRecord = 1 << 26

  /// Opens `path` and recognises its format by its content.
  ///
  /// - Parameter chunkSize: bytes read at a time.
  /// - Throws: ``RecordingError``.
  public init(path: String, chunkSize: Int = 1 << 18) throws(RecordingError) {
    self.path = path
    file = try RecordingFile(path: path)
    buffer = .allocate(byteCount: max(chunkSize, 1), alignment: 16)
    do throws(RecordingError) {
      while pending.count < RecordingHead.size, !hasEnded {
        try Self.fill(&buffer, &pending, &hasEnded, from: file)
      }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[pending])
      let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(RecordingHead.size))
      format = try RecordingFormat(of: RecordingHead(bytes: head, fileSize: file.size))
      decoder = Self.makeDecoder(format.codec)
    } catch {
      buffer.deallocate()
      throw error.at(path)
    }
    do throws(RecordingError) {
      try readHeader()
    } catch {
      throw error.at(path)
    }
  }

  deinit {
    buffer.deallocate()
  }

  /// Appends the events of the next chunk to `batch`.
  ///
  /// - Returns: `false` when the file has ended.
  /// - Throws: ``RecordingError``; the events before the error have been appended.
  public func read(into batch: inout EventBatch) throws(RecordingError) -> Bool {
    let first = batch.count
    defer {
      if let begin { batch.filter(from: first) { columns, index in columns.t[index] >= begin } }
    }
    return try readChunk(into: &batch)
  }

  /// Leaves out what is older than `time` from here on.
  ///
  /// Formats that tell where a time is are not read up to there. In others all is read, and only what comes at or after
  /// `time` is handed out. In a recording whose times go back, events after the place that was found count.
  ///
  /// - Throws: ``RecordingError``.
  public func seek(to time: Int64) throws(RecordingError) {
    begin = time
    do throws(RecordingError) {
      guard file.size != nil, let place = try decoder.seek(to: time, in: file) else { return }
      try file.seek(to: place)
      (offset, pending, hasEnded) = (place, 0..<0, false)
    } catch {
      throw error.at(path)
    }
  }

  /// All events of the file at `path`.
  public static func readAll(path: String) throws(RecordingError) -> EventBatch {
    let reader = try RecordingReader(path: path)
    var batch = EventBatch()
    while try reader.read(into: &batch) {}
    return batch
  }

  private static func makeDecoder<Codec: RecordingCodec>(
    _ codec: Codec.Type
  ) -> any RecordingDecoder { Codec.Decoder() }

  private func readHeader() throws(RecordingError) {
    while true {
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[pending])
      if let length = try decoder.readHeader(bytes, isLast: hasEnded) {
        take(length)
        return
      }
      guard !hasEnded else { throw .truncated(path: nil, offset: 0, bytes: pending.count) }
      try Self.fill(&buffer, &pending, &hasEnded, from: file)
    }
  }

  private func readChunk(into batch: inout EventBatch) throws(RecordingError) -> Bool {
    do throws(RecordingError) {
      while true {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[pending])
        if !bytes.isEmpty || hasEnded {
          let taken = try decoder.decode(bytes, at: offset, isLast: hasEnded, into: &batch)
          take(taken)
          if taken > 0 { return true }
        }
        if hasEnded {
          guard bytes.isEmpty else {
            throw .truncated(path: nil, offset: offset, bytes: bytes.count)
          }
          return false
        }
        try Self.fill(&buffer, &pending, &hasEnded, from: file)
      }
    } catch {
      throw error.at(path)
    }
  }

  private func take(_ count: Int) {
    pending = pending.lowerBound + count..<pending.upperBound
    offset += count
  }

  /// Reads on behind what is pending, in a larger buffer if that has become full.
  private static func fill(
    _ buffer: inout UnsafeMutableRawBufferPointer, _ pending: inout Range<Int>,
    _ hasEnded: inout Bool, from file: RecordingFile
  ) throws(RecordingError) {
    if pending.count == buffer.count {
      guard buffer.count < largestRecord else {
        throw .malformed(
          path: nil, offset: 0, reason: "a record of more than \(largestRecord) bytes")
      }
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 2 * buffer.count, alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[pending]))
      buffer.deallocate()
      buffer = larger
    } else if pending.lowerBound > 0 {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[pending]))
    }
    pending = 0..<pending.count
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[pending.count...])
    let count = try file.read(into: room)
    pending = 0..<pending.count + count
    hasEnded = count == 0
  }
}
