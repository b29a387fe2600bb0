import Foundation
import ToolSupport

/// All methods on all problems, and what came of it.
struct SpikeTrainStudy {
  typealias Method = SpikeTrainProblem.Method

  static let rates = [0.001, 0.003, 0.01, 0.03]
  static let settings = [1, 3]

  var trials: Int
  var iterations: Int
  /// Problems for each rate of the search; they are not among the trials.
  var searchTrials: Int
  var seed: UInt64
  var options: SpikeTrainProblem.Options

  func run() -> SpikeTrainResults {
    let methods = Method.allCases.count * Self.settings.count
    let bar = ProgressBar(
      "spike trains", total: methods * (trials + searchTrials * Self.rates.count))
    var done = 0
    var results = SpikeTrainResults(
      trials: trials, iterations: iterations, searchTrials: searchTrials, seed: seed,
      options: options)
    for setting in Self.settings {
      func problem(_ number: Int) -> SpikeTrainProblem {
        SpikeTrainProblem(
          options, targetSpikes: setting,
          seed: seed &* 1_000_003 &+ UInt64(setting) &* 100_000 &+ UInt64(number))
      }
      let silent = (0..<trials).map { problem($0).silentShares }
      results.silent.append(
        (silent.first ?? []).indices.map { layer in
          silent.reduce(0) { $0 + $1[layer] } / Double(trials)
        })
      for method in Method.allCases {
        func train(_ number: Int, _ rate: Double) -> [Double] {
          defer {
            done += 1
            bar.update(done, "\(setting) target spikes, \(method.rawValue)")
          }
          return problem(number).train(method, rate: rate, iterations: iterations)
        }
        // Judged by the last tenth, for the last loss alone jumps.
        let search = Self.rates.map { rate in
          let ends = (0..<searchTrials).map { number in
            let tail = train(50_000 + number, rate).suffix(max(iterations / 10, 1))
            return tail.reduce(0, +) / Double(tail.count)
          }
          return ends.reduce(0, +) / Double(searchTrials)
        }
        let best = search.indices.min { search[$0] < search[$1] } ?? 0
        let losses = (0..<trials).map { train($0, Self.rates[best]) }
        results.outcomes.append(
          .init(
            setting: setting, method: method, search: search, rate: Self.rates[best],
            losses: losses))
      }
    }
    bar.finish()
    return results
  }
}
