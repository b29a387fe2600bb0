import Foundation
import ToolSupport

/// All methods on all problems, and what came of it.
struct SpikeTrainStudy {
  static let settings = [1, 3]

  var trials: Int
  var iterations: Int
  /// Problems for each rate of the search; they are not among the trials.
  var searchTrials: Int
  var methods: [SpikeTrainMethod]
  var seed: UInt64
  var options: SpikeTrainOptions

  /// Calls `save` with what there is after each method.
  func run(save: (SpikeTrainResults) throws -> Void) throws -> SpikeTrainResults {
    var results = SpikeTrainResults(
      trials: trials, iterations: iterations, searchTrials: searchTrials, seed: seed,
      options: options)
    for setting in Self.settings {
      let silent = (0..<trials).map { problem(setting, $0).silentShares }
      results.silent.append(
        (silent.first ?? []).indices.map { layer in
          silent.reduce(0) { $0 + $1[layer] } / Double(trials)
        })
    }
    for method in methods {
      for setting in Self.settings {
        results.outcomes.append(try outcome(setting, method))
        results.outcomes.sort { ($0.setting, $0.place) < ($1.setting, $1.place) }
        try save(results)
      }
    }
    return results
  }

  /// The seeds of the search are apart from those of the trials.
  private func problem(_ setting: Int, _ number: Int, isSearch: Bool = false) -> SpikeTrainProblem {
    SpikeTrainProblem(
      options, targetSpikes: setting,
      seed: seed &* 1_000_003 &+ UInt64(setting) &* 100_000
        &+ UInt64(number + (isSearch ? 50_000 : 0)))
  }

  private func outcome(
    _ setting: Int, _ method: SpikeTrainMethod
  ) throws -> SpikeTrainResults.Outcome {
    let name = "\(method.title), \(setting) target spike\(setting == 1 ? "" : "s")"
    let begin = ContinuousClock.now
    let search = try RateSearch { rate in
      Terminal.note("\(name): searching, \(rate)")
      let ends = try (0..<searchTrials).map { number in
        let losses = try problem(setting, number, isSearch: true)
          .train(method, rate: rate, iterations: iterations)
        // The last loss alone jumps.
        let tail = losses.suffix(max(iterations / 10, 1))
        return tail.reduce(0, +) / Double(tail.count)
      }
      return ends.reduce(0, +) / Double(ends.count)
    }
    let bar = ProgressBar(name, total: trials)
    let losses = try (0..<trials).map { number in
      defer { bar.update(number + 1) }
      return try problem(setting, number)
        .train(method, rate: search.best, iterations: iterations)
    }
    bar.finish()
    let outcome = SpikeTrainResults.Outcome(
      setting: setting, method: method, search: search, losses: losses)
    let seconds = begin.duration(to: .now).components.seconds
    Terminal.note(
      "\(name): rate \(search.best), mean loss \(SpikeTrainResults.Spread(outcome.final).mean), "
        + "\(seconds) s")
    return outcome
  }
}

/// The learning rate with the least loss among 0.001, 0.003, 0.01, 0.03 ... The grid grows until its best rate is not at
/// its edge.
struct RateSearch {
  struct Trial: Encodable {
    var rate: Double
    var loss: Double
  }

  /// By rate, ascending.
  private(set) var trials: [Trial] = []

  var best: Double { (trials.min { $0.loss < $1.loss })?.rate ?? .nan }

  init(_ loss: (Double) throws -> Double) rethrows {
    func trial(_ place: Int) throws -> Trial {
      let rate = Self.rate(place)
      return Trial(rate: rate, loss: try loss(rate))
    }
    var places = -5 ... -4
    for place in places { trials.append(try trial(place)) }
    // Rates of 1e-5 and 10 would be of no use.
    while places.lowerBound > -10, best == trials.first?.rate {
      places = places.lowerBound - 1...places.upperBound
      trials.insert(try trial(places.lowerBound), at: 0)
    }
    while places.upperBound < 2, best == trials.last?.rate {
      places = places.lowerBound...places.upperBound + 1
      trials.append(try trial(places.upperBound))
    }
  }

  /// ..., -2: 0.1, -1: 0.3, 0: 1, ...
  private static func rate(_ place: Int) -> Double {
    let digits = place & 1 == 0 ? "1" : "3"
    return Double("\(digits)e\((place - (place & 1)) / 2)") ?? .nan
  }
}
