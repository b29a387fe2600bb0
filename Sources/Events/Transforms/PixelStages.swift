/// A time for each pixel, with a rim of one pixel around the sensor, so that every pixel has four neighbours.
struct PixelTimes: Sendable {
  private(set) var times: [Int64]
  let stride: Int

  init(_ geometry: SensorGeometry) {
    stride = geometry.width + 2
    times = Array(repeating: .min, count: stride * (geometry.height + 2))
  }

  /// Forgets all times: no event is as early as what then stands there.
  mutating func removeAll() {
    for index in times.indices { times[index] = .min }
  }

  /// Takes over the times of a sensor of the same size.
  mutating func restore(_ times: [Int64]) -> Bool {
    guard times.count == self.times.count else { return false }
    self.times = times
    return true
  }

  mutating func edit(_ body: (UnsafeMutablePointer<Int64>) -> Void) {
    times.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base) }
    }
  }

  @inline(__always)
  static func place(_ events: EventBatch.Columns, _ index: Int, stride: Int) -> Int {
    (Int(events.y[index]) + 1) * stride + Int(events.x[index]) + 1
  }
}

/// Drops events too soon after another one of their pixel.
struct RefractoryStage: TransformStage {
  private let delta: Int64
  private let countsDropped: Bool
  /// For each pixel, the last time at which it is not ready.
  private var blind: PixelTimes

  init(_ geometry: SensorGeometry, delta: Int64, since: EventTransform.RefractoryStart) {
    self.delta = delta
    countsDropped = since == .any
    blind = PixelTimes(geometry)
  }

  mutating func apply(to batch: inout EventBatch) {
    let (delta, countsDropped, stride) = (delta, countsDropped, blind.stride)
    blind.edit { blind in
      batch.filter { events, index in
        let place = PixelTimes.place(events, index, stride: stride)
        let time = events.t[index]
        let isKept = time > blind[place]
        if isKept || countsDropped { blind[place] = time.addingSaturated(delta) }
        return isKept
      }
    }
  }

  mutating func restart() { blind.removeAll() }
  var memory: [Int64] { blind.times }
  mutating func restore(_ memory: [Int64]) -> Bool { blind.restore(memory) }
}

/// Drops events that no neighbour supports.
struct DenoiseStage: TransformStage {
  private let filterTime: Int64
  /// For each pixel, the time at which its last event supports nobody any more.
  private var support: PixelTimes

  init(_ geometry: SensorGeometry, filterTime: Int64) {
    self.filterTime = filterTime
    support = PixelTimes(geometry)
  }

  mutating func apply(to batch: inout EventBatch) {
    let (filterTime, stride) = (filterTime, support.stride)
    support.edit { support in
      batch.filter { events, index in
        let place = PixelTimes.place(events, index, stride: stride)
        let time = events.t[index]
        support[place] = time.addingSaturated(filterTime)
        let beside = max(support[place - 1], support[place + 1])
        let aboveAndBelow = max(support[place - stride], support[place + stride])
        return max(beside, aboveAndBelow) > time
      }
    }
  }

  mutating func restart() { support.removeAll() }
  var memory: [Int64] { support.times }
  mutating func restore(_ memory: [Int64]) -> Bool { support.restore(memory) }
}

extension Int64 {
  /// The sum with a number that is not negative, at most the largest one.
  @inline(__always)
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
