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
  /// Instead of a search.
  var rate: Double?
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
    let search = try rate.map { RateSearch(only: $0) } ?? search(setting, method, name)
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

  private func search(
    _ setting: Int, _ method: SpikeTrainMethod, _ name: String
  ) throws -> RateSearch {
    try RateSearch { rate in
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
  }
}
