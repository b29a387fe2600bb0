import Events
import Foundation
import Testing

/// What one simulated pixel does, against arithmetic on ln(I).
@Suite struct SimulationPixelTests {
  static let single = SensorGeometry(width: 1, height: 1)

  @Test func linearRampGivesTheEventsThatTheLogarithmPredicts() throws {
    let offset = 0.02
    let threshold = 0.1
    let dark = 0.1
    let duration = 1_000_000.0
    for rising in [true, false] {
      func intensity(_ t: Double) -> Double {
        dark + 0.9 * (rising ? t : duration - t) / duration
      }
      var array = try DVSPixelArray(
        geometry: Self.single, parameters: .ideal(threshold: threshold, intensityOffset: offset),
        seed: 1)
      array.start([Float(intensity(0))], at: 0, stream: 0)
      for time in stride(from: 1000.0, through: duration, by: 1000) {
        array.sample([Float(intensity(time))], at: Int64(time))
      }
      var events = EventBatch()
      array.drain(into: &events)

      let first = log(intensity(0) + offset)
      let change = abs(log(intensity(duration) + offset) - first)
      #expect(events.count == Int(change / threshold))
      #expect(events.on.allSatisfy { $0 == rising })
      for index in events.indices {
        let level = first + Double(index + 1) * threshold * (rising ? 1 : -1)
        let share = (exp(level) - offset - dark) / 0.9
        let expected = (rising ? share : 1 - share) * duration
        // Between samples the pixel moves straight in ln(I): up to 1 µs off a straight I here.
        #expect(abs(Double(events.t[index]) - expected) < 3)
      }
    }
  }

  @Test func oneStepOfManyThresholdsIsInterpolated() throws {
    var array = try DVSPixelArray(
      geometry: Self.single, parameters: .ideal(threshold: 0.25, intensityOffset: 0.5), seed: 1)
    array.start([0.5], at: 5000, stream: 0)
    array.sample([Float(exp(1.1) - 0.5)], at: 16_000)
    var events = EventBatch()
    array.drain(into: &events)
    // ln(I) rises from 0 to 1.1 in 11000 µs, 0.25 takes 2500.
    #expect(events.count == 4)
    for (index, expected) in [7500, 10_000, 12_500, 15_000].enumerated() {
      #expect(abs(events.t[index] - Int64(expected)) <= 1)
    }
  }

  @Test func refractoryPeriodStretchesTheIntervals() throws {
    var parameters = DVSPixelParameters.ideal(threshold: 0.1, intensityOffset: 1)
    parameters.refractoryPeriod = 3000
    var array = try DVSPixelArray(geometry: Self.single, parameters: parameters, seed: 1)
    array.start([0], at: 0, stream: 0)
    // ln(I + 1) rises by 0.1 in 2000 µs: one event each 2000 + 3000 µs, whatever the sampling.
    for time in stride(from: 700.0, through: 100_100, by: 700) {
      array.sample([Float(exp(time * 0.1 / 2000) - 1)], at: Int64(time))
    }
    var events = EventBatch()
    array.drain(into: &events)
    #expect(events.count == 20)
    for index in events.indices {
      #expect(abs(events.t[index] - Int64(2000 + 5000 * index)) <= 1)
    }
  }

  @Test func leakMakesONEventsInTheDark() throws {
    var parameters = DVSPixelParameters.ideal(threshold: 0.3)
    parameters.leakRate = 10
    var array = try DVSPixelArray(
      geometry: SensorGeometry(width: 3, height: 2), parameters: parameters, seed: 1)
    let still = [Float](repeating: 0, count: 6)
    array.start(still, at: 0, stream: 0)
    for time in stride(from: 1000, through: 1_050_000, by: 1000) {
      array.sample(still, at: Int64(time))
    }
    var events = EventBatch()
    array.drain(into: &events)
    #expect(events.count == 60)
    #expect(events.on.allSatisfy { $0 })
    for index in events.indices {
      let expected = 100_000 * Int64(index / 6 + 1)
      #expect(abs(events.t[index] - expected) <= 1)
    }
  }

  /// The bar covers columns 5..<10 and moves to 8..<13.
  @Test func movingBarIsONInFrontAndOFFBehind() throws {
    var array = try DVSPixelArray(
      geometry: SensorGeometry(width: 20, height: 3), parameters: .ideal(threshold: 0.3), seed: 1)
    func bar(at left: Double) -> [Float] {
      (0..<60).map { index in
        let x = Double(index % 20)
        return Float(0.1 + 0.9 * max(0, min(1, x + 1 - left) - max(0, x - left - 4)))
      }
    }
    array.start(bar(at: 5), at: 0, stream: 0)
    for step in 1...30 { array.sample(bar(at: 5 + Double(step) / 10), at: Int64(step) * 1000) }
    var events = EventBatch()
    array.drain(into: &events)
    #expect(Set(events.indices.filter { events.on[$0] }.map { events.x[$0] }) == [10, 11, 12])
    #expect(Set(events.indices.filter { !events.on[$0] }.map { events.x[$0] }) == [5, 6, 7])
    #expect(Set(events.y) == [0, 1, 2])
    #expect(zip(events.t, events.t.dropFirst()).allSatisfy { $0 <= $1 })
  }

  /// Pixels in their calm range are left alone; a twin that works out every pixel at every sample
  /// must see the same events.
  @Test(arguments: [0.0, 400, 2500]) func agreesWithAPixelWithoutShortCuts(
    refractory: Double
  ) throws {
    let threshold = 0.15
    let offset = 0.02
    var parameters = DVSPixelParameters.ideal(threshold: threshold, intensityOffset: offset)
    parameters.refractoryPeriod = refractory
    let geometry = SensorGeometry(width: 16, height: 16)
    var array = try DVSPixelArray(geometry: geometry, parameters: parameters, seed: 1)
    var random = SplitMix64(seed: 3)
    let phases = (0..<256).map { _ in (6.28 * random.nextUniform(), 0.002 * random.nextUniform()) }
    func scene(_ step: Int) -> [Float] {
      phases.map { phase, speed in
        // Rests now and then, so that a reset ends while the light stands still.
        let step = step / 50 * 50 + max(0, step % 50 - 10)
        // Never at one extreme for long: a pixel that starts there returns to exactly one
        // threshold from what it memorised, where rounding decides.
        return Float(0.5 + 0.495 * sin(phase + speed * 40 * Double(step)))
      }
    }
    var twins = scene(0).map {
      Twin(
        level: log(Double($0) + offset), threshold: threshold, refractory: refractory,
        offset: offset)
    }
    array.start(scene(0), at: 0, stream: 0)
    for step in 1...400 {
      let sample = scene(step)
      array.sample(sample, at: Int64(step) * 1000)
      for pixel in sample.indices {
        twins[pixel].sample(Double(sample[pixel]), at: Double(step) * 1000)
      }
    }
    var events = EventBatch()
    array.drain(into: &events)
    #expect(events.count > 1000)
    for pixel in 0..<256 {
      let mine = events.indices.filter {
        Int(events.y[$0]) * 16 + Int(events.x[$0]) == pixel
      }
      let theirs = twins[pixel].events
      #expect(mine.count == theirs.count)
      for (index, twin) in zip(mine, theirs) {
        #expect(abs(Double(events.t[index]) - twin.time) <= 2)
        #expect(events.on[index] == twin.on)
      }
    }
  }

  /// ESIM with a reset time, as plainly as it can be written.
  struct Twin {
    var memorised: Double
    var previous: (level: Double, time: Double)
    var busyUntil = -1.0
    var events: [(time: Double, on: Bool)] = []
    let threshold: Double
    let refractory: Double
    let offset: Double

    init(level: Double, threshold: Double, refractory: Double, offset: Double) {
      memorised = level
      previous = (level, 0)
      self.threshold = threshold
      self.refractory = refractory
      self.offset = offset
    }

    mutating func sample(_ intensity: Double, at time: Double) {
      let level = log(intensity + offset)
      let slope = (level - previous.level) / (time - previous.time)
      var now = previous.time
      while true {
        if busyUntil > time { break }
        if busyUntil >= now {
          now = busyUntil
          memorised = previous.level + slope * (now - previous.time)
          busyUntil = -1
        }
        guard slope != 0 else { break }
        let goal = memorised + (slope > 0 ? threshold : -threshold)
        let crossing = max(now, previous.time + (goal - previous.level) / slope)
        if crossing > time { break }
        events.append((crossing, slope > 0))
        busyUntil = crossing + refractory
      }
      previous = (level, time)
    }
  }
}
