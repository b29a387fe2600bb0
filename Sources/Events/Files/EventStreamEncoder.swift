extension EventStreamCodec {
  /// Writes streams of type `dvs`.
  ///
  /// Refused are a sensor with a side of 65536, events outside it, times that go back, and times that are negative or 2^35 us
  /// (9.5 hours) and later: time that goes by without events takes a byte for every 127 us.
  public struct Encoder: RecordingEncoder {
    static let endOfTime: Int64 = 1 << 35
    private let geometry: SensorGeometry
    private var last: Int64 = 0
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {
      geometry = layout.geometry
      guard geometry.width < 65536, geometry.height < 65536 else {
        throw .unsupported(
          path: nil, reason: "Event Stream holds sensors of up to 65535x65535, not \(geometry)")
      }
    }

    public mutating func begin(into bytes: inout [UInt8]) {
      bytes += Array(signature.utf8) + [2, 0, 0, Kind.dvs.rawValue]
      for side in [geometry.width, geometry.height] {
        bytes += [UInt8(side & 0xFF), UInt8(side >> 8)]
      }
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      let begin = last
      try check(batch, range)
      bytes.reserveCapacity(bytes.count + 5 * range.count + Int((last - begin) / 127))
      var time = begin
      for position in range {
        let event = batch[position]
        let (steps, rest) = (event.t - time).quotientAndRemainder(dividingBy: 127)
        time = event.t
        let row = geometry.height - 1 - Int(event.y)
        if steps > 0 { bytes.append(contentsOf: repeatElement(0xFF, count: Int(steps))) }
        bytes.append(UInt8(rest) << 1 | (event.on ? 1 : 0))
        bytes.append(UInt8(truncatingIfNeeded: event.x))
        bytes.append(UInt8(event.x >> 8))
        bytes.append(UInt8(row & 0xFF))
        bytes.append(UInt8(row >> 8))
      }
    }

    /// Goes over events before any of them is written.
    private mutating func check(_ batch: EventBatch, _ range: Range<Int>) throws(RecordingError) {
      for position in range {
        let event = batch[position]
        guard event.x < geometry.width else {
          throw refused("x", Int64(event.x), "0 to \(geometry.width - 1)")
        }
        guard event.y < geometry.height else {
          throw refused("y", Int64(event.y), "0 to \(geometry.height - 1)")
        }
        guard event.t >= last, event.t < Self.endOfTime else {
          throw refused("t", event.t, "\(last) to 2^35 us here")
        }
        last = event.t
        index += 1
      }
    }

    private func refused(_ field: String, _ value: Int64, _ limit: String) -> RecordingError {
      .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
  }
}
