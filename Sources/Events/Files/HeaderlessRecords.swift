/// Formats without a header: records of one size, most significant byte first, with the time in the last bits.
///
/// Any bytes are such records. Only times that mostly grow tell a recording from noise and from text, and only
/// where there are a few of them.
struct HeaderlessRecords {
  /// Bytes of a record.
  var recordSize: Int
  /// Bits of the time at the end of a record.
  var timeBits: Int

  static let nmnist = HeaderlessRecords(recordSize: 5, timeBits: 23)

  /// Whether the file may hold such records.
  func fit(_ head: RecordingHead) -> Bool {
    guard head.kindOfText == nil else { return false }
    let times = times(head.bytes)
    return times.count < 8 || reversals(times) * 4 <= times.count
  }

  /// Times of the first records.
  private func times(_ bytes: UnsafeRawBufferPointer) -> [UInt64] {
    let records = min(bytes.count / recordSize, 64)
    return (0..<records).map { record in
      let end = (record + 1) * recordSize
      return bytes[end - 4..<end].reduce(0) { $0 << 8 | UInt64($1) } & (1 << UInt64(timeBits) - 1)
    }
  }

  private func reversals(_ times: [UInt64]) -> Int {
    zip(times, times.dropFirst()).count { $0 > $1 }
  }
}
