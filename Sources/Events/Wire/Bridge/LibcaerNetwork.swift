/// The network streams of libcaer and cAER: 20 bytes of header (magic number, number of the datagram, version 1, format,
/// source), then packets of AEDAT 3.1.
///
/// Over TCP the header stands at the beginning of a connection. Over UDP it begins every datagram, and packets run on from
/// one to the next; where one is missing, reading goes on with the next that begins with a packet.
public struct LibcaerNetwork: BridgeDecoder {
  public static let headerSize = 20
  static let magic: UInt64 = 0x1D37_8BC9_0B9A_6658

  public private(set) var missing: UInt64 = 0
  public private(set) var skipped = 0
  private let isDatagrams: Bool
  private var packets = AEDAT3PacketDecoder()
  /// The beginning of a packet, of datagrams: less than a packet's header.
  private var rest: [UInt8] = []
  private var hasHeader = false
  private var expected: UInt64?
  private var isLost = true

  public init(datagrams: Bool) {
    isDatagrams = datagrams
  }

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    guard isDatagrams else { return try decodeStream(bytes, into: &batch) }
    let number = try readHeader(bytes)
    if let expected, number != expected {
      if number > expected { missing &+= number - expected }
      isLost = true
    }
    expected = number &+ 1
    let body = UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...])
    if isLost {
      guard Self.isPacket(body) else {
        skipped += 1
        return bytes.count
      }
      (packets, rest, isLost) = (AEDAT3PacketDecoder(), [], false)
    }
    rest.append(contentsOf: body)
    // In its own memory, for the rest changes.
    let joined = rest
    let result = joined.withUnsafeBytes { joined in
      Result { () throws(WireError) in try decodePackets(joined, into: &batch) }
    }
    switch result {
    case .success(let taken): rest.removeFirst(taken)
    case .failure(let error):
      (isLost, rest) = (true, [])
      throw error
    }
    return bytes.count
  }

  private mutating func decodeStream(
    _ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    guard !hasHeader else { return try decodePackets(bytes, into: &batch) }
    guard bytes.count >= Self.headerSize else { return 0 }
    _ = try readHeader(bytes)
    hasHeader = true
    return Self.headerSize
  }

  private mutating func decodePackets(
    _ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    do throws(RecordingError) {
      return try packets.decode(bytes, into: &batch)
    } catch {
      throw WireError(.encoding, "\(error)")
    }
  }

  /// - Returns: the number of the datagram.
  private func readHeader(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> UInt64 {
    guard bytes.count >= Self.headerSize, let base = bytes.baseAddress else {
      throw WireError(.header, "\(bytes.count) bytes; the header of libcaer has 20")
    }
    let magic = base.little(0, as: UInt64.self)
    guard magic == Self.magic else {
      throw WireError(
        .header, "the header begins with \(String(magic, radix: 16)), not with 1d378bc90b9a6658")
    }
    guard bytes[16] == 1 else {
      throw WireError(.header, "version \(bytes[16]) of the header, known is 1")
    }
    guard bytes[17] == 0 else {
      throw WireError(.encoding, "packets in format \(bytes[17]); only 0, uncompressed, is read")
    }
    return base.little(8, as: UInt64.self)
  }

  /// Whether bytes begin like a packet: a known type, and sizes and numbers that agree.
  static func isPacket(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let packet = AEDAT3Packet(bytes), packet.problem == nil, let base = bytes.baseAddress
    else { return false }
    let capacity = base.little(16, as: Int32.self)
    let valid = base.little(24, as: Int32.self)
    return (0...127).contains(packet.type) && (1...(1 << 24)).contains(packet.eventSize)
      && (0..<packet.eventSize).contains(packet.timeOffset) && packet.number >= 1
      && packet.number <= capacity && (0...packet.number).contains(valid)
  }
}
