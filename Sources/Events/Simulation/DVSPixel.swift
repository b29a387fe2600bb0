/// One pixel of a simulated DVS, and its movement along straight pieces of log intensity.
///
/// See ``DVSPixelArray`` for the model. Times are in µs.
struct DVSPixel: Sendable {
  let onThreshold: Double
  let offThreshold: Double
  /// Rise of D by leakage, in natural-log units a µs.
  let leak: Double
  /// µs in reset after an event.
  let refractoryPeriod: Double
  let x: UInt16
  let y: UInt16

  /// L where the pixel was last worked out: at the last sample, or at a noise event after it.
  private(set) var level = 0.0
  /// D at the same time.
  private var difference = 0.0
  /// The time of the last noise event.
  private(set) var noiseTime = -Double.infinity
  /// When the pixel comes out of reset; `-infinity` when it is not in reset.
  private var release = -Double.infinity

  init(parameters: DVSPixelParameters, x: Int, y: Int, random: inout SplitMix64) {
    func threshold(_ mean: Double) -> Double {
      max(
        DVSPixelParameters.leastThreshold,
        mean + parameters.thresholdMismatch * random.nextGaussian())
    }
    onThreshold = threshold(parameters.onThreshold)
    offThreshold = threshold(parameters.offThreshold)
    leak = parameters.leakRate * onThreshold * 1e-6
    refractoryPeriod = parameters.refractoryPeriod
    self.x = UInt16(truncatingIfNeeded: x)
    self.y = UInt16(truncatingIfNeeded: y)
  }

  /// Memorises `level` and forgets the past.
  mutating func memorise(_ level: Double) {
    self.level = level
    difference = 0
    noiseTime = -.infinity
    release = -.infinity
  }

  var isInReset: Bool { release > -.infinity }

  /// Moves to `level` without an event: for changes that were known to be too small for one.
  mutating func drift(to level: Double) {
    difference += level - self.level
    self.level = level
  }

  /// Moves along a straight piece of L that ends in `target`, and appends the events on the way.
  mutating func advance(
    from start: Double, to end: Double, level target: Double, events: inout [Event]
  ) {
    let rate = end > start ? (target - level) / (end - start) + leak : 0
    level = target
    var now = start
    if isInReset {
      if release > end { return }
      now = max(start, release)
      release = -.infinity
      difference = 0
    }
    while rate != 0 {
      let threshold = rate > 0 ? onThreshold : -offThreshold
      let crossing = now + max(0, (threshold - difference) / rate)
      if crossing > end { break }
      events.append(Event(t: Int64(crossing), x: x, y: y, on: rate > 0))
      difference = 0
      now = crossing + refractoryPeriod
      if now > end {
        release = now
        return
      }
    }
    difference += rate * (end - now)
  }

  /// Intensities that certainly make no event, while the pixel sees `intensity` (offset included).
  ///
  /// From ln(J/I) <= J/I - 1 for a rise to J, and ln(I/J) <= I/J - 1 for a fall:
  ///
  ///     J < I (1 + theta_on - D)       J > I / (1 + theta_off + D)
  ///
  /// These are a little narrower than the true limits, and need no exponential. A pixel in reset
  /// or with a leak has no such range, since it moves while the light stands still.
  func calmRange(around intensity: Double) -> (low: Float, high: Float) {
    if isInReset || leak > 0 { return (.infinity, -.infinity) }
    // More than what rounding to Float can add.
    let margin = intensity * 1e-6
    return (
      Float(intensity / (1 + offThreshold + difference) + margin),
      Float(intensity * (1 + onThreshold - difference) - margin)
    )
  }

  /// Makes a noise event at `time`, up to which the pixel was advanced, unless it is in reset.
  mutating func disturb(at time: Double, on: Bool, events: inout [Event]) {
    noiseTime = time
    if release > time { return }
    events.append(Event(t: Int64(time), x: x, y: y, on: on))
    difference = 0
    release = time + refractoryPeriod
  }
}
