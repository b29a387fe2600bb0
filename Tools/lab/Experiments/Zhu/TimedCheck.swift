import Events

/// The kernels of the experiment against twins that are obvious: the largest differences, relative to the largest value.
struct TimedCheck: Codable, Sendable {
  /// Derivatives of standardised weights, and differences of what they stand for.
  var normalisation: Double
  /// Derivatives by weights and by times of the input, and the sums over spikes as they are written.
  var weights: Double
  var times: Double
  /// What a spike passes down to all its inputs, and what it had.
  var passedDown: Double
  /// Steps in which neurons spike whose gain has moved into their threshold, that are not those of before.
  var moved: Int

  private enum CodingKeys: String, CodingKey {
    case normalisation, weights, times, moved
    case passedDown = "passed_down"
  }

  static func run(seed: UInt64) -> TimedCheck {
    var random = SplitMix64(seed: seed)
    let (inputs, neurons) = (12, 5)
    var settings = TimedSettings()
    settings.largestInverseSlope = 1e9
    let raw = (0..<inputs * neurons).map { _ in random.nextGaussian() / 4 }
    let layer = TimedLayer(settings, raw: raw, inputs: inputs, neurons: neurons)
    layer.weights.gain = (0..<neurons).map { _ in 0.7 + random.nextUniform() }
    layer.weights.offset = (0..<neurons).map { _ in 0.2 * random.nextUniform() }
    layer.weights.standardise()
    let input = (0..<settings.steps).map { _ in
      (0..<Int32(inputs)).filter { _ in random.nextUniform() < 0.3 }
    }
    let factors = (0..<inputs * neurons).map { _ in random.nextGaussian() }
    let times = (0..<settings.steps * neurons).map { _ in random.nextGaussian() }
    layer.run(input)
    var gradient = [Double](repeating: 0, count: inputs * neurons)
    let down = layer.goBack(times, gradient: &gradient, passesDown: true)
    let twin = twin(layer, input, times)
    let found = layer.weights.derivatives(factors)
    let before = layer.spikes
    let check = TimedCheck(
      normalisation: distance(
        found.raw + found.gain + found.offset, differences(layer.weights, factors)),
      weights: distance(gradient, twin.weights),
      times: distance(down.flatMap { $0 }, twin.times), passedDown: twin.passedDown, moved: 0)
    let gains = layer.weights.moveGainOut()
    for j in 0..<neurons { layer.thresholds[j] /= gains[j] }
    layer.weights.standardise()
    layer.run(input)
    var result = check
    result.moved = zip(before, layer.spikes).count { $0 != $1 }
    return result
  }

  /// Central differences of sum G w by v, g and o.
  private static func differences(_ weights: StandardisedWeights, _ factors: [Double]) -> [Double] {
    func slope(_ number: WritableKeyPath<StandardisedWeights, Double>) -> Double {
      let values = [1e-5, -1e-5].map { step in
        var moved = weights
        moved[keyPath: number] += step
        moved.standardise()
        return zip(moved.weights, factors).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return (values[0] - values[1]) / 2e-5
    }
    return weights.raw.indices.map { slope(\.raw[$0]) }
      + weights.gain.indices.map { slope(\.gain[$0]) }
      + weights.offset.indices.map { slope(\.offset[$0]) }
  }

  /// Every spike with each input since the spike before it, with powers instead of kernels.
  private static func twin(_ layer: TimedLayer, _ input: [[Int32]], _ times: [Double])
    -> (weights: [Double], times: [Double], passedDown: Double)
  {
    let (settings, count) = (layer.settings, layer.neurons)
    func power(_ tau: Double, _ n: Int) -> Double {
      (0...n).reduce(1) { product, _ in product * (1 - 1 / tau) }
    }
    func eps(_ n: Int) -> Double {
      settings.gain * (power(settings.tauMembrane, n) - power(settings.tauSynapse, n))
    }
    var weights = [Double](repeating: 0, count: layer.weights.raw.count)
    var below = input.map { [Double](repeating: 0, count: $0.count) }
    var passedDown = 0.0
    for j in 0..<count {
      var begin = 0
      for t in input.indices where layer.spikes[t].contains(Int32(j)) {
        func sum(_ kernel: (Int) -> Double, to end: Int) -> Double {
          guard begin <= end else { return 0 }
          return (begin...end).reduce(0) { sum, r in
            sum
              + input[r].reduce(0) { $0 + layer.weights.weights[Int($1) * count + j] }
              * kernel(end - r)
          }
        }
        let rise = sum(eps, to: t) - sum(eps, to: t - 1)
        let timeRise = sum({ power(settings.tauGradient, $0) }, to: t)
        let time = times[t * count + j]
        var passed = 0.0
        for r in begin...t {
          for (place, i) in input[r].enumerated() {
            let index = Int(i) * count + j
            if rise > 0 { weights[index] -= time / rise * eps(t - r) }
            guard timeRise > 0 else { continue }
            let share =
              layer.weights.weights[index] * power(settings.tauGradient, t - r) / timeRise
            below[r][place] += time * share
            passed += share
          }
        }
        if timeRise > 0 { passedDown = max(passedDown, abs(passed - 1)) }
        begin = t + 1
      }
    }
    return (weights, below.flatMap { $0 }, passedDown)
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    let largest = b.reduce(0) { max($0, abs($1)) }
    guard a.count == b.count, largest > 0 else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
  }
}
