/// Why a picture cannot be drawn.
public enum PictureError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A quantity is out of its range.
  case limit(name: String, value: Int64, range: ClosedRange<Int64>)
  /// The recording has no events.
  case noEvents

  public var description: String {
    switch self {
    case .limit(let name, let value, let range):
      "\(name) would be \(value), allowed is \(range.lowerBound) to \(range.upperBound)"
    case .noEvents: "there are no events to draw"
    }
  }

  static func check(
    _ name: String, _ value: Int64, in range: ClosedRange<Int64>
  ) throws(PictureError) {
    guard range.contains(value) else { throw .limit(name: name, value: value, range: range) }
  }
}

/// A stretch of a recording as pictures take it: at most some hundred years long.
enum PictureSpan {
  static let longest: Int64 = 1 << 52

  static func check(_ span: Range<Int64>) throws(PictureError) {
    guard span.lowerBound.magnitude <= longest.magnitude,
      span.upperBound.magnitude <= longest.magnitude
    else {
      throw .limit(
        name: "time in microseconds",
        value: span.lowerBound.magnitude > longest.magnitude ? span.lowerBound : span.upperBound,
        range: -longest...longest)
    }
    guard !span.isEmpty else { throw .noEvents }
  }
}
