/// AEDAT 4 files, as DV and dv-processing write them (iniVation, "AEDAT 4.0", and the FlatBuffer schemas of dv-processing).
///
/// The line `#!AER-DAT4.0`, a header (``AEDAT4Header``), packets (``AEDAT4PacketDecoder``), and a table that lists the packets.
/// Read are the events of the first stream of events, in their order; frames, inertial samples, triggers and other streams
/// of events are skipped. Row 0 is at the top. Files that were not ended, and so have no table, are read as far as they go.
public enum AEDAT4Codec: RecordingCodec {
  static let signature = "#!AER-DAT4.0\r\n"

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    head.begins(with: signature)
  }

  /// Reads the header, then packets up to the table.
  public struct Decoder: RecordingDecoder {
    private var header: AEDAT4Header?
    private var packets: AEDAT4PacketDecoder?

    public init() {}

    public var geometry: SensorGeometry? { header?.geometry }

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      let start = AEDAT4Codec.signature.utf8.count
      guard bytes.count >= start else { return nil }
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      guard let (header, length) = try AEDAT4Header.read(rest, at: start) else { return nil }
      self.header = header
      packets = AEDAT4PacketDecoder(header)
      return start + length
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      guard let taken = try packets?.decode(bytes, at: offset, into: &batch) else { return 0 }
      if isLast, taken == bytes.count {
        let end = offset + taken
        if let start = packets?.unfinishedPacket {
          throw .truncated(path: nil, offset: start, bytes: end - start)
        }
        if let table = header?.tablePosition, end < table {
          throw .truncated(path: nil, offset: end, bytes: 0)
        }
      }
      return taken
    }

    /// Goes to the first packet whose last event is at `time` or later, where there is a table.
    public mutating func seek(
      to time: Int64, in file: RecordingFile
    ) throws(RecordingError) -> Int? {
      guard let header, let position = header.tablePosition, let size = file.size, size > position,
        size - position <= PacketInflater.limit
      else { return nil }
      let bytes = try file.read(size - position, at: position)
      let entries = AEDAT4Table.read(bytes, header.compression)?
        .filter { $0.stream == header.eventStream.id }
      guard let entries, entries.allSatisfy({ $0.lastTime != nil }) else { return nil }
      guard let found = entries.first(where: { $0.lastTime ?? .max >= time }) else {
        packets = AEDAT4PacketDecoder(header)
        return position
      }
      // A table is believed where the packet stands in the place that it tells.
      guard found.position >= 8, found.position < position else { return nil }
      let place = found.position - 8
      let head = try file.read(8, at: place)
      guard head.count == 8, head == found.head else { return nil }
      packets = AEDAT4PacketDecoder(header)
      return place
    }
  }
}
