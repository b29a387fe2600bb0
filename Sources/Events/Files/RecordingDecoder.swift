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
