/// Makes one stream of what a sensor sends before and after it was started anew: its time goes on.
public struct StreamJoin: Sendable {
  /// A step back of the sensor's clock by more than this is a new clock, in microseconds; less is disorder.
  public static let largestDisorder: Int64 = 1_000_000
  /// So is a step forward by this much more than the time that has passed meanwhile.
  public static let largestGap: Int64 = 10_000_000
  /// An event that is further than this from the good one before it, of what is handed in at once, is none: its time is
  /// damaged.
  public static let largestSpan: Int64 = 10_000_000

  private var offset: Int64 = 0
  /// The newest time of the stream, and when it came.
  private var newest: (time: Int64, arrival: Int64)?
  /// Times at which the clock was found to be a new one.
  public private(set) var clocks = 0
  /// Events that were left out.
  public private(set) var outside = 0
  public private(set) var damaged = 0

  public init() {}

  /// The newest time of the stream, in microseconds.
  public var end: Int64? { newest?.time }

  /// Appends to `stream` what `events` holds for a sensor of this size, in the time of the stream.
  ///
  /// - Parameters:
  ///   - events: what one call of a decoder has brought.
  ///   - arrival: wall-clock time in microseconds, from wherever.
  public mutating func append(
    _ events: EventBatch, arrival: Int64, geometry: SensorGeometry, to stream: inout EventBatch
  ) {
    guard let first = events.t.first else { return }
    follow(first, arrival)
    let offset = offset
    var previous = first &+ offset
    var (outside, damaged, latest) = (0, 0, newest?.time ?? .min)
    stream.append(upTo: events.count) { columns in
      events.withColumns(events.indices) { t, x, y, on in
        for index in 0..<t.count {
          guard geometry.contains(x: x[index], y: y[index]) else {
            outside += 1
            continue
          }
          let time = t[index] &+ offset
          // As magnitudes: the difference of two times may be any number.
          guard (time &- previous).magnitude <= UInt64(Self.largestSpan) else {
            damaged += 1
            continue
          }
          previous = time
          columns.append(t: time, x: x[index], y: y[index], on: on[index])
          latest = max(latest, time)
        }
      }
    }
    self.outside += outside
    self.damaged += damaged
    if latest > newest?.time ?? .min { newest = (latest, arrival) }
  }

  /// Sets the offset, if need be, for events that begin at `first`.
  private mutating func follow(_ first: Int64, _ arrival: Int64) {
    guard let newest else {
      // A time that nobody could count on from is none.
      if first.magnitude > 1 << 60 { offset = 0 &- first }
      return
    }
    let passed = max(arrival &- newest.arrival, 0)
    let (step, overflow) = (first &+ offset).subtractingReportingOverflow(newest.time)
    guard overflow || step < -Self.largestDisorder || step > passed &+ Self.largestGap else {
      return
    }
    clocks += 1
    offset = newest.time &+ max(passed, 1) &- first
  }
}
