import Events
import Foundation
import Testing

/// What differs from pixel to pixel and from run to run, with fixed seeds.
@Suite struct SimulationNoiseTests {
  /// The events of a sensor in front of a grey wall.
  private func still(
    _ parameters: DVSPixelParameters, side: Int, milliseconds: Int, seed: UInt64 = 5,
    stream: UInt64 = 0
  ) throws -> EventBatch {
    var array = try DVSPixelArray(
      geometry: SensorGeometry(width: side, height: side), parameters: parameters, seed: seed)
    let wall = [Float](repeating: 0.5, count: side * side)
    array.start(wall, at: 0, stream: stream)
    for time in 1...milliseconds { array.sample(wall, at: Int64(time) * 1000) }
    var events = EventBatch()
    array.drain(into: &events)
    return events
  }

  @Test func withoutNoiseAWallIsSilent() throws {
    #expect(try still(.ideal(threshold: 0.2), side: 16, milliseconds: 100).isEmpty)
  }

  @Test func backgroundActivityIsPoissonAndOfBothPolarities() throws {
    var parameters = DVSPixelParameters.ideal(threshold: 0.2)
    parameters.backgroundActivityRate = 5
    let events = try still(parameters, side: 64, milliseconds: 2000)
    let expected = 64.0 * 64 * 5 * 2
    #expect(abs(Double(events.count) - expected) < 5 * expected.squareRoot())
    let share = Double(events.on.count { $0 }) / Double(events.count)
    #expect(abs(share - 0.5) < 0.0125)
    // Counts per pixel: the variance of a Poisson variable is its mean (10 here).
    var counts = [Double](repeating: 0, count: 64 * 64)
    for index in events.indices { counts[Int(events.y[index]) * 64 + Int(events.x[index])] += 1 }
    let (mean, variance) = moments(counts)
    #expect(abs(variance / mean - 1) < 0.12)
    // Halves of the time get halves of the events.
    let early = Double(events.t.count { $0 < 1_000_000 })
    #expect(abs(early - expected / 2) < 5 * (expected / 4).squareRoot())
    #expect(events.t.allSatisfy { (0...2_000_000).contains($0) })
  }

  @Test func noiseRespectsTheRefractoryPeriod() throws {
    var parameters = DVSPixelParameters.ideal(threshold: 0.2)
    parameters.backgroundActivityRate = 1000
    parameters.refractoryPeriod = 2000
    let events = try still(parameters, side: 4, milliseconds: 2000)
    // A Poisson process with dead time: rate / (1 + rate * dead time) = 333 Hz.
    let expected = 16.0 * 2 * 1000 / 3
    #expect(abs(Double(events.count) - expected) < 0.05 * expected)
    var last = [Int64](repeating: -2000, count: 16)
    for index in events.indices {
      let pixel = Int(events.y[index]) * 4 + Int(events.x[index])
      // Times are rounded down, so an interval can lose a microsecond.
      #expect(events.t[index] - last[pixel] >= 1999)
      last[pixel] = events.t[index]
    }
  }

  @Test func refractoryPeriodHoldsForAMovingSceneWithNoise() throws {
    var parameters = DVSPixelParameters(refractoryPeriod: 1500)
    parameters.backgroundActivityRate = 50
    let source = try SimulatedRecordings(scene: .glyphs(), pixels: parameters, seed: 9)
    let events = source.recording(index: 3).events
    var last: [Int: Int64] = [:]
    for index in events.indices {
      let pixel = Int(events.y[index]) * 34 + Int(events.x[index])
      if let before = last[pixel] { #expect(events.t[index] - before >= 1499) }
      last[pixel] = events.t[index]
    }
  }

  /// ln(I) rises by 1 in a second, so the time of a pixel's first event is its threshold.
  @Test func thresholdsAreGaussianFromPixelToPixel() throws {
    var parameters = DVSPixelParameters.ideal(threshold: 0.3, intensityOffset: 1)
    parameters.thresholdMismatch = 0.04
    var array = try DVSPixelArray(
      geometry: SensorGeometry(width: 80, height: 80), parameters: parameters, seed: 11)
    array.start([Float](repeating: 0, count: 6400), at: 0, stream: 0)
    array.sample([Float](repeating: Float(exp(0.55) - 1), count: 6400), at: 550_000)
    var events = EventBatch()
    array.drain(into: &events)
    var first: [Int: Double] = [:]
    for index in events.indices {
      let pixel = Int(events.y[index]) * 80 + Int(events.x[index])
      first[pixel] = first[pixel] ?? Double(events.t[index]) * 1e-6
    }
    #expect(first.count == 6400)
    let (mean, variance) = moments(Array(first.values))
    #expect(abs(mean - 0.3) < 0.002)
    #expect(abs(variance.squareRoot() - 0.04) < 0.002)
    let within = Double(first.values.count { abs($0 - 0.3) < 0.04 }) / 6400
    #expect(abs(within - 0.683) < 0.025)
  }

  @Test func noiseIsNamedBySeedAndStream() throws {
    let parameters = DVSPixelParameters(backgroundActivityRate: 10)
    let one = try still(parameters, side: 16, milliseconds: 200, seed: 1, stream: 4)
    #expect(try still(parameters, side: 16, milliseconds: 200, seed: 1, stream: 4) == one)
    #expect(try still(parameters, side: 16, milliseconds: 200, seed: 1, stream: 5) != one)
    #expect(try still(parameters, side: 16, milliseconds: 200, seed: 2, stream: 4) != one)
  }

  @Test func parametersOutOfRangeAreNamed() {
    var parameters = DVSPixelParameters()
    parameters.onThreshold = 0
    #expect(
      throws: SimulationError.parameterOutOfRange(
        name: "onThreshold", value: 0, allowed: "0.01 to 100.0")
    ) { try DVSPixelArray(geometry: .nmnist, parameters: parameters, seed: 1) }
    #expect(throws: SimulationError.self) {
      try DVSPixelParameters(backgroundActivityRate: .nan).validate()
    }
  }
}

func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, squares / Double(values.count - 1))
}
