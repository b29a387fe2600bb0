/// The datagrams of SPIF and of AEStream: words of 32 bits, each followed by a time of 32 bits in microseconds where bit 31
/// of the word is clear. Events without a time happen when they arrive.
public struct SpifDatagrams: BridgeDecoder {
  /// Whose datagrams they are.
  public enum Sender: Sendable {
    case spif
    /// The last datagram with times of AEStream 0.6 is twice as long as it should be; what is behind its events is left over
    /// from others, or was never written. Full ones have 256 bytes.
    case aestream
  }

  private static let fullSize = 256
  private let sender: Sender
  private var clock = ClockUnwrapper()

  public init(_ sender: Sender) {
    self.sender = sender
  }

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    guard bytes.count.isMultiple(of: 4) else {
      throw WireError(.count, "\(bytes.count) bytes are no multiple of the 4 bytes of a word")
    }
    guard let base = bytes.baseAddress else { return 0 }
    let end = Self.end(of: bytes, sender)
    var clock = clock
    try batch.append(upTo: end / 4) { columns throws(WireError) in
      var place = 0
      var first: UInt32?
      while place < end {
        let word = UnsafeRawPointer(base + place).little(0, as: UInt32.self)
        place += 4
        var t = arrival
        if word & SpifWord.untimed == 0 {
          guard place < end else {
            columns.count = 0
            throw WireError(
              .count, "the word at byte \(place - 4) announces a time and is the last")
          }
          let time = UnsafeRawPointer(base + place).little(0, as: UInt32.self)
          place += 4
          // What is left over from an earlier datagram is older than this one.
          if sender == .aestream, Int32(bitPattern: time &- (first ?? time)) < 0 { break }
          first = first ?? time
          t = clock.unwrap(Int64(time))
        }
        let record = SpifWord.record(word, t: t)
        columns.append(
          t: t, x: UInt16(truncatingIfNeeded: record.x), y: UInt16(truncatingIfNeeded: record.y),
          on: record.polarity == 1)
      }
    }
    self.clock = clock
    return bytes.count
  }

  /// Where the events of a datagram end.
  private static func end(of bytes: UnsafeRawBufferPointer, _ sender: Sender) -> Int {
    guard sender == .aestream, let base = bytes.baseAddress, bytes.count >= 8,
      base.little(0, as: UInt32.self) & SpifWord.untimed == 0, bytes.count != fullSize
    else { return bytes.count }
    return bytes.count / 16 * 8
  }
}
