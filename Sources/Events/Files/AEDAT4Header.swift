/// What an AEDAT 4 file, or a dv-processing network stream, begins with: the `IOHE` FlatBuffer.
///
/// Its fields are the compression of the packets (0 none, 1 and 2 LZ4, 3 and 4 ZSTD), the place of the table at the file's
/// end (-1 for none), and a description of the streams in XML.
public struct AEDAT4Header: Sendable {
  /// How packets are compressed.
  public private(set) var compression: RecordingLayout.Compression
  /// All streams, in the order of the description.
  public private(set) var streams: [AEDAT4Stream]
  /// The stream whose events are read: the first of type `EVTS`.
  public private(set) var eventStream: AEDAT4Stream
  /// The sensor of that stream, where it is stated.
  public private(set) var geometry: SensorGeometry?
  /// Where the table of packets stands in the file, behind the last packet; nothing where there is none.
  var tablePosition: Int?

  static let identifier = "IOHE"
  /// A header is no longer than this.
  static let largest = 1 << 24

  /// Reads the header that `bytes` begin with.
  ///
  /// - Parameter offset: where `bytes` begin in the file, for errors.
  /// - Returns: the header and its length, or nothing if more bytes are needed.
  /// - Throws: ``RecordingError``.
  public static func read(
    _ bytes: UnsafeRawBufferPointer, at offset: Int = 0
  ) throws(RecordingError) -> (header: AEDAT4Header, length: Int)? {
    guard bytes.count >= 4 else { return nil }
    let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard size <= largest else {
      throw .malformed(
        path: nil, offset: offset, reason: "a header of \(size) bytes, more than \(largest)")
    }
    guard bytes.count >= 4 + size else { return nil }
    guard let buffer = FlatBuffer(sizePrefixed: bytes, identifier: identifier),
      let table = buffer.root, buffer.load(at: table, Int32.self) != nil
    else {
      throw .malformed(path: nil, offset: offset, reason: "no IOHE FlatBuffer as header")
    }
    return (try AEDAT4Header(buffer, table, offset, end: offset + 4 + size), 4 + size)
  }

  private init(
    _ buffer: FlatBuffer, _ table: Int, _ offset: Int, end: Int
  ) throws(RecordingError) {
    let code = buffer.place(ofField: 0, in: table).flatMap { buffer.load(at: $0, Int32.self) } ?? 0
    switch code {
    case 0: compression = .none
    case 1, 2: compression = .lz4
    case 3, 4: compression = .zstd
    default:
      throw .unsupported(
        path: nil, reason: "its packets are compressed by an unknown method, number \(code)")
    }
    let position =
      buffer.place(ofField: 1, in: table)
      .flatMap { buffer.load(at: $0, Int64.self) } ?? -1
    // Writers that are stopped leave -1, or 0.
    if position > 0 {
      guard position >= end else {
        throw .malformed(
          path: nil, offset: offset, reason: "a data table at \(position), inside the header")
      }
      tablePosition = Int(position)
    }
    guard
      let text = buffer.place(ofField: 2, in: table)
        .flatMap({ buffer.vector(at: $0, stride: 1) })
    else {
      throw .malformed(path: nil, offset: offset, reason: "the header describes no streams")
    }
    streams = AEDAT4Stream.list(in: buffer.slice(text.start, count: text.count))
    guard let stream = streams.first(where: { $0.type == AEDAT4Events.identifier }) else {
      let types = streams.map(\.type).joined(separator: ", ")
      throw .unsupported(
        path: nil, reason: "it has no stream of events (EVTS), only: \(types.prefix(200))")
    }
    eventStream = stream
    if let width = stream.width, let height = stream.height {
      guard (1...65536).contains(width), (1...65536).contains(height) else {
        throw .malformed(
          path: nil, offset: offset,
          reason: "a sensor of \(width)x\(height) pixels; each side must be 1 to 65536")
      }
      geometry = SensorGeometry(width: width, height: height)
    }
  }
}
