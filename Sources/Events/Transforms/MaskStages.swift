/// Which pixels are let through.
struct PixelMask: Sendable {
  private let width: Int
  private(set) var isMasked: [Bool]

  init(_ geometry: SensorGeometry) {
    width = geometry.width
    isMasked = Array(repeating: false, count: geometry.width * geometry.height)
  }

  mutating func mask(_ pixel: Int) { isMasked[pixel] = true }

  /// Drops the events of masked pixels from index `first` on.
  func apply(to batch: inout EventBatch, from first: Int = 0) {
    isMasked.withUnsafeBufferPointer { isMasked in
      batch.filter(from: first) { events, index in
        !isMasked[Int(events.y[index]) * width + Int(events.x[index])]
      }
    }
  }
}

/// Drops given pixels.
struct DropPixelStage: TransformStage {
  private var mask: PixelMask

  /// - Precondition: the pixels lie in the sensor.
  init(_ geometry: SensorGeometry, _ pixels: [EventTransform.Pixel]) {
    mask = PixelMask(geometry)
    for pixel in pixels { mask.mask(pixel.y * geometry.width + pixel.x) }
  }

  func apply(to batch: inout EventBatch) { mask.apply(to: &batch) }
}

/// Counts events for a stretch of stream time, then drops the pixels that had too many.
struct HotPixelStage: TransformStage {
  private let width: Int
  private let rule: EventTransform.HotPixels
  private let stretch: Int64
  /// What is left of the stretch.
  private var left: Int64
  private var begin: Int64?
  private var latest: Int64 = .min
  /// Events of each pixel; empty once the mask stands.
  private var counts: [UInt32]
  private var mask: PixelMask

  init(_ geometry: SensorGeometry, rule: EventTransform.HotPixels, stretch: Int64) {
    width = geometry.width
    self.rule = rule
    self.stretch = stretch
    left = stretch
    counts = Array(repeating: 0, count: geometry.width * geometry.height)
    mask = PixelMask(geometry)
  }

  mutating func apply(to batch: inout EventBatch) {
    guard !counts.isEmpty else { return mask.apply(to: &batch) }
    guard let first = batch.t.first else { return }
    let begin = begin ?? first
    self.begin = begin
    let end = begin.addingSaturated(left)
    let quiet = batch.t.firstIndex { $0 >= end } ?? batch.count
    count(batch, quiet)
    guard quiet < batch.count else { return }
    for pixel in hottest() { mask.mask(pixel) }
    counts = []
    mask.apply(to: &batch, from: quiet)
  }

  /// The stretch goes on where the last recording left it.
  mutating func restart() {
    guard let begin else { return }
    // Both lie in the stretch, or before its beginning.
    left -= max(0, latest.subtractingSaturated(begin))
    (self.begin, latest) = (nil, .min)
  }

  /// What is left of the stretch, its begin and latest time, and the counts of the pixels, or the mask once it stands.
  var memory: [Int64] {
    let pixels = counts.isEmpty ? mask.isMasked.map { $0 ? 1 : 0 } : counts.map(Int64.init)
    return [counts.isEmpty ? 1 : 0, left, begin == nil ? 0 : 1, begin ?? 0, latest] + pixels
  }

  mutating func restore(_ memory: [Int64]) -> Bool {
    let pixels = memory.dropFirst(5)
    guard pixels.count == mask.isMasked.count, (0...stretch).contains(memory[1]),
      pixels.allSatisfy({ (0...Int64(UInt32.max)).contains($0) })
    else { return false }
    (left, latest) = (memory[1], memory[4])
    begin = memory[2] == 0 ? nil : memory[3]
    let stands = memory[0] == 1
    counts = stands ? [] : pixels.map { UInt32($0) }
    for (pixel, value) in pixels.enumerated() where stands && value != 0 { mask.mask(pixel) }
    return true
  }

  private mutating func count(_ batch: EventBatch, _ end: Int) {
    var latest = latest
    counts.withUnsafeMutableBufferPointer { counts in
      batch.t.withUnsafeBufferPointer { times in
        batch.x.withUnsafeBufferPointer { columns in
          batch.y.withUnsafeBufferPointer { rows in
            for index in 0..<end {
              let pixel = Int(rows[index]) * width + Int(columns[index])
              if counts[pixel] < .max { counts[pixel] += 1 }
              latest = max(latest, times[index])
            }
          }
        }
      }
    }
    self.latest = latest
  }

  private func hottest() -> [Int] {
    switch rule {
    case .frequency(let frequency):
      let limit = frequency * Double(stretch) * 1e-6
      return counts.indices.filter { Double(counts[$0]) > limit }
    case .top(let number):
      let active = counts.indices.filter { counts[$0] > 0 }
      return Array(active.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(number))
    }
  }
}

extension Int64 {
  fileprivate func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (self < other ? .min : .max) : difference
  }
}
