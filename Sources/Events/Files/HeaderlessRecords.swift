/// Formats without a header: records of one size, most significant byte first, with the time in the last bits.
///
/// Any bytes are such records. Only times that mostly grow tell a recording from noise, from text and from records of
/// another size, and only where there are a few of them.
struct HeaderlessRecords: Equatable {
  /// Bytes of a record.
  var recordSize: Int
  /// Bits of the time at the end of a record.
  var timeBits: Int
  /// Where a byte is that can only be 0 or 1.
  var polarityPlace: Int?

  static let nmnist = HeaderlessRecords(recordSize: 5, timeBits: 23)
  static let slayer3 = HeaderlessRecords(recordSize: 7, timeBits: 24, polarityPlace: 3)

  /// The records that a file holds, if it can be any of them.
  ///
  /// What is read with the fewest times that go back is taken, then what the size of the file is a multiple of, then
  /// N-MNIST. Fewer than eight records tell little by their times: SLAYER's must not go back at all.
  init?(of head: RecordingHead) {
    guard head.kindOfText == nil else { return nil }
    var found: (records: Self, disorder: Double, isWhole: Bool)?
    for records in [Self.nmnist, .slayer3] {
      guard let disorder = records.disorder(head.bytes) else { continue }
      let isWhole = head.fileSize.map { $0 % records.recordSize == 0 } ?? true
      guard let best = found else {
        found = (records, disorder, isWhole)
        continue
      }
      if (disorder, isWhole ? 0 : 1) < (best.disorder, best.isWhole ? 0 : 1) {
        found = (records, disorder, isWhole)
      }
    }
    guard let found else { return nil }
    self = found.records
  }

  private init(recordSize: Int, timeBits: Int, polarityPlace: Int? = nil) {
    self.recordSize = recordSize
    self.timeBits = timeBits
    self.polarityPlace = polarityPlace
  }

  /// The share of records that are older than the one before, or nothing if these are no records of this kind.
  private func disorder(_ bytes: UnsafeRawBufferPointer) -> Double? {
    let count = bytes.count / recordSize
    if let polarityPlace {
      for record in 0..<count where bytes[record * recordSize + polarityPlace] > 1 { return nil }
    }
    let times = (0..<count).map { record in
      let end = (record + 1) * recordSize
      return bytes[end - 4..<end].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        & (1 << UInt64(timeBits) - 1)
    }
    let reversals = zip(times, times.dropFirst()).count { $0 > $1 }
    guard count >= 8 else { return polarityPlace == nil || reversals == 0 ? 0 : nil }
    return reversals * 4 <= count ? Double(reversals) / Double(count) : nil
  }
}
