/// Reads the packets of AEDAT 4: those of a file behind its header, and those of a dv-processing network stream.
///
/// A packet: the stream's number and the size of the body (4 bytes each, signed, least significant byte first), then the body,
/// compressed as the header says. Packets of other streams are skipped. A packet of events has 64 MiB at most, with
/// and without its compression.
public struct AEDAT4PacketDecoder: Sendable {
  private let stream: Int32
  private let compression: RecordingLayout.Compression
  private let end: Int
  /// Bytes of the current packet that are still to be skipped.
  private var skip = 0
  private var start = 0
  private var inflater = Inflater()

  /// A packet of events is no longer than this.
  static let largest = RecordingReader.largestRecord
  /// Events after which a call comes to its end.
  static let manyEvents = 1 << 20

  /// Copies have memory of their own.
  private struct Inflater: @unchecked Sendable {
    private var shared: PacketInflater?

    mutating func own() -> PacketInflater {
      if isKnownUniquelyReferenced(&shared), let shared { return shared }
      let own = PacketInflater()
      shared = own
      return own
    }
  }

  /// A decoder for packets behind `header`.
  public init(_ header: AEDAT4Header) {
    stream = header.eventStream.id
    compression = header.compression
    end = header.tablePosition ?? .max
  }

  /// Where the packet began that is being skipped and has not come to its end.
  public var unfinishedPacket: Int? { skip > 0 ? start : nil }

  /// Appends the events of the packets that `bytes` begins with.
  ///
  /// - Parameter offset: where `bytes` begins in the file or stream.
  /// - Returns: bytes taken in. What is left is to come again with more bytes behind it, if it is less than a packet.
  /// - Throws: ``RecordingError/malformed(path:offset:reason:)``; the events before it have been appended.
  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int = 0, into batch: inout EventBatch
  ) throws(RecordingError) -> Int {
    var place = 0
    var work = 0
    let enough = batch.count + Self.manyEvents
    while batch.count < enough, work < PacketInflater.limit {
      if skip > 0 {
        let step = min(skip, bytes.count - place)
        skip -= step
        place += step
        if skip > 0 { break }
      }
      // Behind the packets of a file stands a table.
      let here = offset + place
      if here >= end { return bytes.count }
      guard bytes.count - place >= 8 else { break }
      let size = try packetSize(bytes, place, here)
      guard bytes.loadUnaligned(fromByteOffset: place, as: Int32.self).littleEndian == stream else {
        (start, skip) = (here, size)
        place += 8
        continue
      }
      guard size <= Self.largest - 8 else {
        throw .malformed(
          path: nil, offset: here,
          reason: "a packet of \(size) bytes, more than \(Self.largest - 8)")
      }
      guard bytes.count - place - 8 >= size else { break }
      let body = UnsafeRawBufferPointer(rebasing: bytes[place + 8..<place + 8 + size])
      work += try decodePacket(body, here, &batch)
      place += 8 + size
    }
    return place
  }

  private func packetSize(
    _ bytes: UnsafeRawBufferPointer, _ place: Int, _ offset: Int
  ) throws(RecordingError) -> Int {
    let size = Int(bytes.loadUnaligned(fromByteOffset: place + 4, as: Int32.self).littleEndian)
    guard size >= 0 else {
      throw .malformed(path: nil, offset: offset, reason: "a packet of \(size) bytes")
    }
    guard size <= end - 8 - offset else {
      throw .malformed(
        path: nil, offset: offset,
        reason: "a packet of \(size) bytes, beyond the last packet, which ends at \(end)")
    }
    return size
  }

  /// - Returns: bytes of the packet without its compression.
  private mutating func decodePacket(
    _ body: UnsafeRawBufferPointer, _ offset: Int, _ batch: inout EventBatch
  ) throws(RecordingError) -> Int {
    guard compression != .none else {
      try AEDAT4Events.decode(body, at: offset, into: &batch)
      return body.count
    }
    let inflater = self.inflater.own()
    guard let plain = inflater.inflate(body, compression) else {
      throw .malformed(
        path: nil, offset: offset,
        reason: "a packet that is no \(compression.rawValue) frame of up to "
          + "\(PacketInflater.limit) bytes")
    }
    try AEDAT4Events.decode(plain, at: offset, into: &batch)
    return plain.count
  }
}
