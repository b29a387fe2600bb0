import Events

/// What is wrong with a sensor, and how much of it.
///
/// What happens in a pixel goes through the simulated sensor; the rest is done to its events. The same disturbance, seed
/// and number of the trial give the same events.
struct Disturbance: Codable, Hashable, Sendable {
  enum Kind: String, Codable, CaseIterable, Sendable {
    /// Noise events of every pixel, in Hz, besides those that it always has.
    case background
    /// So many pixels, the same in all trials, with 200 events a second each.
    case hotPixels = "hot-pixels"
    /// Each event is lost with this probability.
    case lost
    /// Normal errors of event times, their standard deviation in microseconds.
    case jitter
    /// Both thresholds of every pixel are this many times as high: a scene of less contrast.
    case threshold
    /// The ON threshold rises by this part of it, and the OFF threshold falls by it.
    case polarity
    /// This part of the pixels is dead, the same in all trials; of two parts, the larger one has all pixels of the smaller.
    case deadPixels = "dead-pixels"
    /// The image moves to the right by this many pixels.
    case shift
    /// The image is turned about the centre of the sensor by this many degrees, clockwise.
    case rotation
  }

  var kind: Kind
  var severity: Double

  static let hotPixelRate = 200.0

  /// The sensor that makes the events.
  func sensor(_ clean: DVSPixelParameters) -> DVSPixelParameters {
    var pixels = clean
    switch kind {
    case .background: pixels.backgroundActivityRate += severity
    case .threshold:
      pixels.onThreshold *= severity
      pixels.offThreshold *= severity
    case .polarity:
      pixels.onThreshold *= 1 + severity
      pixels.offThreshold *= 1 - severity
    case .hotPixels, .lost, .jitter, .deadPixels, .shift, .rotation: break
    }
    return pixels
  }

  /// What becomes of the events of trial `number`.
  func events(
    of trial: MemoryTrial, _ geometry: SensorGeometry, number: Int, seed: UInt64
  ) -> MemoryTrial {
    var random = SplitMix64(seed: seed ^ Self.key, stream: UInt64(number))
    var trial = trial
    switch kind {
    case .background, .threshold, .polarity: break
    case .hotPixels:
      let pixels = Self.pixels(geometry, seed).prefix(Int(severity.rounded()))
      trial.events = Self.adding(
        to: trial, pixels: Array(pixels), geometry, using: &random)
    case .lost:
      let lost = severity
      trial.events = trial.events.filtered { _ in random.nextUniform() >= lost }
    case .jitter:
      let events = trial.events.indices.map { index in
        var event = trial.events[index]
        let error = Int64((severity * random.nextGaussian()).rounded())
        event.t = min(max(event.t + error, 0), trial.duration - 1)
        return event
      }
      trial.events = .inOrder(events)
    case .deadPixels:
      let all = Self.pixels(geometry, seed)
      let dead = Set(all.prefix(Int((severity * Double(all.count)).rounded())))
      trial.events = trial.events.filtered {
        !dead.contains(Int($0.y) * geometry.width + Int($0.x))
      }
    case .shift:
      trial.events = trial.events.moved(geometry) { (x: $0 + severity, y: $1) }
    case .rotation:
      let (sine, cosine) = Self.sineAndCosine(degrees: severity)
      let centre = (Double(geometry.width - 1) / 2, Double(geometry.height - 1) / 2)
      trial.events = trial.events.moved(geometry) { x, y in
        let (dx, dy) = (x - centre.0, y - centre.1)
        return (centre.0 + cosine * dx - sine * dy, centre.1 + sine * dx + cosine * dy)
      }
    }
    return trial
  }

  // The noise of the sensor and the order of the trials have generators of their own.
  private static let key: UInt64 = 0x3C6E_F372_FE94_F82B

  /// All pixels in the order in which they break.
  private static func pixels(_ geometry: SensorGeometry, _ seed: UInt64) -> [Int] {
    var random = SplitMix64(seed: seed ^ key, stream: .max)
    return random.permutation(of: geometry.width * geometry.height)
  }

  /// With Poisson events of random polarity in `pixels`.
  private static func adding(
    to trial: MemoryTrial, pixels: [Int], _ geometry: SensorGeometry, using random: inout SplitMix64
  ) -> EventBatch {
    var events = trial.events.indices.map { trial.events[$0] }
    for pixel in pixels {
      var time = 0.0
      while true {
        time += random.nextExponential() / hotPixelRate * 1e6
        guard time < Double(trial.duration) else { break }
        events.append(
          Event(
            t: Int64(time), x: UInt16(pixel % geometry.width), y: UInt16(pixel / geometry.width),
            on: random.next() >> 63 == 1))
      }
    }
    return .inOrder(events)
  }
}

extension Disturbance.Kind {
  /// How severe it is when nothing is wrong.
  var none: Double { self == .threshold ? 1 : 0 }

  /// With its unit.
  var label: String {
    switch self {
    case .background: "noise events a pixel, Hz"
    case .hotPixels: "hot pixels (\(Int(Disturbance.hotPixelRate)) Hz each)"
    case .lost: "share of events lost"
    case .jitter: "time jitter, us"
    case .threshold: "thresholds, times the usual"
    case .polarity: "ON threshold up and OFF down by"
    case .deadPixels: "share of pixels dead"
    case .shift: "shift, pixels"
    case .rotation: "rotation, degrees"
    }
  }

  /// From bearable to bad.
  var severities: [Double] {
    switch self {
    case .background: [2, 5, 10, 20]
    case .hotPixels: [3, 10, 20, 40]
    case .lost: [0.25, 0.5, 0.75, 0.9]
    case .jitter: [1000, 3000, 10_000, 30_000]
    case .threshold: [1.25, 1.5, 2, 2.5]
    case .polarity: [0.15, 0.3, 0.45, 0.6]
    case .deadPixels: [0.1, 0.25, 0.5, 0.75]
    case .shift: [1, 2, 3, 4]
    case .rotation: [10, 20, 30, 45]
    }
  }

  /// What a sensor slowly comes to; nothing for what does not come slowly.
  var drift: Double? {
    switch self {
    case .background: 20
    case .threshold: 2.5
    case .polarity: 0.6
    case .deadPixels: 0.75
    case .shift: 4
    case .rotation: 45
    case .hotPixels, .lost, .jitter: nil
    }
  }

  /// What users put in front of the engine against it.
  var filter: DriftJob.Filter? {
    switch self {
    case .background: .denoise
    case .hotPixels: .hotPixelMask
    default: nil
    }
  }
}
