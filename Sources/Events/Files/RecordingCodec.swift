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

/// The beginning of a file, by which its format is told.
public struct RecordingHead {
  /// Up to ``size`` first bytes.
  public var bytes: UnsafeRawBufferPointer
  /// Size of the whole file, where it is known: a pipe has none.
  public var fileSize: Int?

  public init(bytes: UnsafeRawBufferPointer, fileSize: Int?) {
    self.bytes = bytes
    self.fileSize = fileSize
  }

  /// Bytes that are looked at, at most.
  public static let size = 4096

  /// Whether the file begins with the characters of `signature`.
  public func begins(with signature: String) -> Bool { bytes.starts(with: signature.utf8) }

  /// What text the file is, if it is one.
  ///
  /// A first character may also be an event: column 123 is `{`. It takes text after it; as records, text is events that
  /// begin after 2 seconds and have no ON among them.
  public var kindOfText: String? {
    let signatures = [("{", 8, "JSON"), ("<", 8, "XML or HTML"), ("", 32, "text")]
    return signatures.first { begins(with: $0.0) && isText($0.1) }?.2
  }

  /// Whether the first `count` bytes are there, and all visible ASCII, blanks or line ends.
  public func isText(_ count: Int) -> Bool {
    bytes.count >= count
      && bytes.prefix(count).allSatisfy {
        (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0)
      }
  }
}

/// Reads a file of one format from its beginning to its end.
///
/// Bytes are handed in as they come. What is not taken in comes again with more bytes behind it; so a decoder never has to
/// keep the beginning of a record.
public protocol RecordingDecoder: Sendable {
  init()

  /// The sensor, as the file states it.
  var geometry: SensorGeometry? { get }

  /// Reads the header, before anything else.
  ///
  /// - Parameter isLast: no more bytes follow.
  /// - Returns: the length of the header, or nothing if more bytes are needed.
  /// - Throws: ``RecordingError`` without a path.
  mutating func readHeader(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool
  ) throws(RecordingError) -> Int?

  /// Appends events of the records that `bytes` begins with.
  ///
  /// The work and the events of one call are bounded by the number of bytes, or by a limit of the format.
  ///
  /// - Parameters:
  ///   - offset: where `bytes` begins in the file, for errors.
  ///   - isLast: no more bytes follow. There is a last call for every file, if need be with no bytes.
  /// - Returns: bytes taken in. If it is 0, more bytes are needed; at the end of the file, what is left is an unfinished record.
  /// - Throws: ``RecordingError`` without a path; the events before it have been appended.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
  ) throws(RecordingError) -> Int

  /// Makes ready to go on at another place of the file, from where no event at or after `time` is missed.
  ///
  /// Called between two calls of ``decode(_:at:isLast:into:)``.
  ///
  /// - Returns: the offset of that place, or nothing where the format does not tell it: then all is read up to `time`.
  mutating func seek(to time: Int64, in file: RecordingFile) throws(RecordingError) -> Int?
}

extension RecordingDecoder {
  public var geometry: SensorGeometry? { nil }

  public mutating func readHeader(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool
  ) throws(RecordingError) -> Int? { 0 }

  public mutating func seek(
    to time: Int64, in file: RecordingFile
  ) throws(RecordingError) -> Int? { nil }
}

/// What a file is to be like.
public struct RecordingLayout: Equatable, Sendable {
  /// How the blocks of a file are compressed, where the format has blocks.
  public enum Compression: String, Sendable, Codable, CaseIterable {
    case none, lz4, zstd
  }

  /// The sensor.
  public var geometry: SensorGeometry
  public var compression: Compression

  public init(geometry: SensorGeometry, compression: Compression = .none) {
    self.geometry = geometry
    self.compression = compression
  }
}

/// Writes a file of one format.
public protocol RecordingEncoder: Sendable {
  /// - Throws: ``RecordingError/unsupported(path:reason:)`` for a layout that the format does not have.
  init(_ layout: RecordingLayout) throws(RecordingError)

  /// Appends what stands before the first event.
  mutating func begin(into bytes: inout [UInt8]) throws(RecordingError)

  /// Appends the events of `batch[range]`.
  ///
  /// - Throws: ``RecordingError/notRepresentable(index:field:value:limit:)``, with the index counted over the whole file.
  mutating func encode(
    _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
  ) throws(RecordingError)

  /// Appends what stands behind the last event.
  ///
  /// - Returns: bytes that are known only now, and where to put them over what was written.
  mutating func finish(into bytes: inout [UInt8]) throws(RecordingError) -> RecordingPatch?
}

/// Bytes to be put over those at `offset` of a file.
public struct RecordingPatch: Equatable, Sendable {
  public var offset: Int
  public var bytes: [UInt8]

  public init(offset: Int, bytes: [UInt8]) {
    self.offset = offset
    self.bytes = bytes
  }
}

extension RecordingEncoder {
  public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {}

  public mutating func finish(
    into bytes: inout [UInt8]
  ) throws(RecordingError) -> RecordingPatch? { nil }
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
