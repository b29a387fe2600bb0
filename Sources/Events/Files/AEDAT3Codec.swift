/// AEDAT 3.1 files, as cAER and jAER write them, and as DVS128 Gesture comes (iniVation, "AEDAT 3.1").
///
/// Comment lines up to `#!END-HEADER`, then packets, least significant byte first: see ``AEDAT3PacketDecoder``. Read are
/// the polarity events of all sources, row 0 at the top. The sensor is that of the first source which names a known
/// camera. Only the format RAW is read.
public enum AEDAT3Codec: RecordingCodec {
  static let signature = "#!AER-DAT3.1"

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    guard head.begins(with: "#!AER-DAT") else { return false }
    for version in ["1.0", "3.0"] where head.begins(with: "#!AER-DAT\(version)") {
      throw .unsupported(
        path: nil, reason: "AEDAT \(version) is not read here, only AEDAT 2.0, 3.1 and 4.0")
    }
    return head.begins(with: signature)
  }

  /// Sensors by the beginning of their cameras' names.
  private static let cameras = [
    ("DVS128", 128, 128), ("EDVS", 128, 128), ("DVS132S", 132, 104), ("DAVIS128", 128, 128),
    ("DAVIS208", 208, 192), ("DAVIS240", 240, 180), ("DAVIS346", 346, 260), ("DAVIS640", 640, 480),
    ("DAVISHet640", 640, 480), ("DAVISRGB", 640, 480), ("DVXPLORER_LITE", 320, 240),
    ("DVXPLORER", 640, 480),
  ]

  /// What the camera of a sensor is called; nothing where none is known.
  static func camera(of geometry: SensorGeometry) -> String? {
    switch (geometry.width, geometry.height) {
    case (240, 180): "DAVIS240C"
    case (346, 260): "DAVIS346B"
    default: cameras.first { $0.1 == geometry.width && $0.2 == geometry.height }?.0
    }
  }

  /// Reads the header, then packets.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var header = AEDATHeader()
    private var packets = AEDAT3PacketDecoder()

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      while true {
        let place = header.length
        switch try header.next(bytes, isLast: isLast) {
        case .unfinished:
          return nil
        case .end:
          throw .malformed(
            path: nil, offset: place, reason: "the header is not ended by #!END-HEADER")
        case .line(let line):
          if line == "#!END-HEADER" { return header.length }
          try read(line)
        }
      }
    }

    private mutating func read(_ line: String) throws(RecordingError) {
      if let format = AEDATHeader.value(of: "#Format:", in: line), format != "RAW" {
        throw .unsupported(
          path: nil, reason: "its packets are in the format \(format.prefix(40)), only RAW is read")
      }
      guard geometry == nil, line.hasPrefix("#Source ") || line.hasPrefix("#-Source "),
        let colon = line.firstIndex(of: ":"),
        let name = AEDATHeader.value(of: ":", in: String(line[colon...])),
        let camera = AEDAT3Codec.cameras.first(where: { name.hasPrefix($0.0) })
      else { return }
      geometry = SensorGeometry(width: camera.1, height: camera.2)
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let taken = try packets.decode(bytes, at: offset, into: &batch)
      if isLast, taken == bytes.count, let start = packets.unfinishedPacket {
        throw .truncated(path: nil, offset: start, bytes: offset + taken - start)
      }
      return taken
    }

    /// Hops from packet to packet, up to the first that begins at `time` or later.
    public mutating func seek(
      to time: Int64, in file: RecordingFile
    ) throws(RecordingError) -> Int? {
      var (place, found) = (header.length, header.length)
      while true {
        let bytes = try file.read(AEDAT3Packet.headerSize + AEDAT3Packet.eventSize, at: place)
        let packet = bytes.withUnsafeBytes { AEDAT3Packet($0) }
        // What is wrong with a packet is said when it is read.
        guard let packet, packet.problem == nil else { break }
        if packet.isPolarity, packet.count > 0,
          bytes.count == AEDAT3Packet.headerSize + AEDAT3Packet.eventSize
        {
          let low = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: AEDAT3Packet.headerSize + 4, as: UInt32.self)
          }
          if packet.timeHigh | Int64(UInt32(littleEndian: low)) >= time { break }
          found = place
        }
        place += AEDAT3Packet.headerSize + packet.bodySize
      }
      packets = AEDAT3PacketDecoder()
      return found
    }
  }
}
