/// The 28 bytes that a packet of AEDAT 3.1 begins with.
struct AEDAT3Packet {
  static let headerSize = 28
  /// Bytes of a polarity event.
  static let eventSize = 8
  /// The type of packets of polarity events.
  static let polarity: Int16 = 1

  var type: Int16
  var eventSize: Int32
  var timeOffset: Int32
  var overflow: Int32
  var number: Int32

  /// Nothing where there are less than 28 bytes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerSize else { return nil }
    func word(_ place: Int) -> Int32 {
      Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self))
    }
    type = Int16(littleEndian: bytes.loadUnaligned(as: Int16.self))
    (eventSize, timeOffset, overflow) = (word(4), word(8), word(12))
    number = word(20)
  }

  var isPolarity: Bool { type == Self.polarity }
  var count: Int { Int(number) }
  var bodySize: Int { Int(eventSize) * count }
  /// What is added to the times of the packet's events.
  var timeHigh: Int64 { Int64(overflow) << 31 }

  /// What makes the packet unreadable.
  var problem: String? {
    if eventSize < 0 { return "a packet with events of \(eventSize) bytes" }
    if number < 0 { return "a packet of \(number) events" }
    guard isPolarity else { return nil }
    if overflow < 0 { return "a packet with time overflow \(overflow), which cannot be negative" }
    if eventSize != 8 { return "a packet with polarity events of \(eventSize) bytes, not 8" }
    if timeOffset != 4 { return "a packet with times at byte \(timeOffset) of an event, not 4" }
    return nil
  }
}

/// Reads packets of AEDAT 3.1: those of a file behind its header, and those of a libcaer network stream behind its own
/// header of 20 bytes.
///
/// A packet: 28 bytes of header (event type 1 = polarity, source, bytes of an event, place of the time in it, overflow of the
/// times, capacity, number, valid), then the events. A polarity event: 4 bytes with a valid bit, polarity (bit 1, 1 = ON),
/// y (bits 2 to 16) and x (bits 17 to 31), then 4 bytes of time in microseconds; 2^31 times the packet's overflow is added.
/// Packets of other types are skipped. The valid bit is not looked at, as the readers of DVS128 Gesture do not: events
/// that a filter has struck out are read.
public struct AEDAT3PacketDecoder: Sendable {
  /// Events of the current packet that are still to come.
  private var remaining = 0
  private var timeHigh: Int64 = 0
  /// Bytes of the current packet that are still to be skipped.
  private var skip = 0
  private var start = 0

  public init() {}

  /// Where the packet began that has not come to its end.
  public var unfinishedPacket: Int? { remaining > 0 || skip > 0 ? start : nil }

  /// Appends the polarity events of the packets that `bytes` begins with.
  ///
  /// - Parameter offset: where `bytes` begins in the file or stream, for errors.
  /// - Returns: bytes taken in. What is left is to come again with more bytes behind it; that is less than 28.
  /// - Throws: ``RecordingError/malformed(path:offset:reason:)`` for sizes, numbers and times that cannot be; the events
  ///   before it have been appended.
  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int = 0, into batch: inout EventBatch
  ) throws(RecordingError) -> Int {
    var place = 0
    while true {
      if skip > 0 {
        let step = min(skip, bytes.count - place)
        skip -= step
        place += step
        if skip > 0 { return place }
      }
      if remaining > 0 {
        let count = min(remaining, (bytes.count - place) / AEDAT3Packet.eventSize)
        let end = place + count * AEDAT3Packet.eventSize
        try decodeEvents(
          UnsafeRawBufferPointer(rebasing: bytes[place..<end]), at: offset + place, into: &batch)
        remaining -= count
        place = end
        if remaining > 0 { return place }
      }
      let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
      guard let packet = AEDAT3Packet(rest) else { return place }
      if let problem = packet.problem {
        throw .malformed(path: nil, offset: offset + place, reason: problem)
      }
      start = offset + place
      place += AEDAT3Packet.headerSize
      if packet.isPolarity {
        (remaining, timeHigh) = (packet.count, packet.timeHigh)
      } else {
        skip = packet.bodySize
      }
    }
  }

  private func decodeEvents(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, into batch: inout EventBatch
  ) throws(RecordingError) {
    let count = bytes.count / AEDAT3Packet.eventSize
    try batch.append(upTo: count) { columns throws(RecordingError) in
      let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
      let high = timeHigh
      var signs: Int64 = 0
      for index in 0..<count {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
        let time = Int64(bitPattern: word) >> 32
        signs |= time
        t[index] = high | time
        x[index] = UInt16(truncatingIfNeeded: word >> 17 & 0x7FFF)
        y[index] = UInt16(truncatingIfNeeded: word >> 2 & 0x7FFF)
        on[index] = word & 2 != 0
      }
      columns.count = count
      guard signs < 0, let bad = (0..<count).first(where: { t[$0] < 0 }) else { return }
      columns.count = bad
      throw .malformed(
        path: nil, offset: offset + bad * 8 + 4,
        reason: "a time of \(Int32(truncatingIfNeeded: t[bad])) us, which cannot be negative")
    }
  }
}
