/// The payload of ``WireEncoding/aedat4``: the body of one packet, see ``AEDAT4Events``. Times may lie before `t_base`.
enum AEDAT4Body: WireCodec {
  static let recordSize: Int? = nil
  static let clockBits: Int? = nil

  static func decode(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    var batch = EventBatch()
    guard !payload.isEmpty else { return batch }
    // An event cannot be shorter, so the memory is bounded before any is taken.
    try context.check(count: payload.count / AEDAT4Events.eventSize - 2)
    do throws(RecordingError) {
      try AEDAT4Events.decode(payload, into: &batch)
    } catch {
      throw WireError(.encoding, "\(error)")
    }
    try context.check(count: batch.count)
    try context.settle(&batch)
    return batch
  }

  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    let part = try batch.relative(range, to: tBase)
    do throws(RecordingError) {
      bytes += try AEDAT4Events.encode(part, range: part.indices)
    } catch {
      throw WireError(error, in: .aedat4, from: range.lowerBound, tBase)
    }
  }
}
