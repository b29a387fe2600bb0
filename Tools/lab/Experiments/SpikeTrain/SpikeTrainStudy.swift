import Foundation
import ToolSupport

/// All methods on all problems, and what came of it.
struct SpikeTrainStudy: Encodable {
  static let settings = [1, 3]

  /// For each seed.
  var trials: Int
  var iterations: Int
  /// Problems for each rate of the search; they are not among the trials.
  var searchTrials: Int
  var methods: [SpikeTrainMethod]
  /// Instead of a search.
  var rate: Double?
  var seeds: [UInt64]
  var options: SpikeTrainOptions

  private enum CodingKeys: String, CodingKey {
    case trials, iterations, methods, rate, seeds, options
    case searchTrials = "search_trials"
  }

  /// Calls `save` with what there is after each method.
  func run(
    in folder: ExperimentFolder, threads: Int, save: (SpikeTrainResults) throws -> Void
  ) throws -> SpikeTrainResults {
    let runs = ExperimentRuns<SpikeTrainJob>(in: folder, data: try Terminal.jsonText(options))
    func complete(_ jobs: [SpikeTrainJob]) throws -> [SpikeTrainJob.Outcome] {
      try runs.complete(jobs, threads: threads) { try $0.run(options) }.map(\.outcome)
    }
    var results = SpikeTrainResults(study: self)
    for setting in Self.settings {
      let silent = jobs(setting, .hybrid, rate: 0).map {
        $0.problem(options).silentShares
      }
      results.silent.append(
        (silent.first ?? []).indices.map { layer in
          silent.reduce(0) { $0 + $1[layer] } / Double(silent.count)
        })
    }
    for method in methods {
      for setting in Self.settings {
        let search =
          try rate.map { RateSearch(only: $0) }
          ?? RateSearch { rate in
            let ends = try complete(jobs(setting, method, rate: rate, isSearch: true)).map(\.tail)
            return rounded(ends.reduce(0, +) / Double(ends.count))
          }
        let losses = try complete(jobs(setting, method, rate: search.best)).map(\.losses)
        results.outcomes.append(
          SpikeTrainResults.Outcome(
            setting: setting, method: method, search: search, losses: losses))
        results.outcomes.sort { ($0.setting, $0.place) < ($1.setting, $1.place) }
        try save(results)
      }
    }
    return results
  }

  private func jobs(
    _ setting: Int, _ method: SpikeTrainMethod, rate: Double, isSearch: Bool = false
  ) -> [SpikeTrainJob] {
    (isSearch ? Array(seeds.prefix(1)) : seeds).flatMap { seed in
      (0..<(isSearch ? searchTrials : trials)).map { number in
        SpikeTrainJob(
          setting: setting, method: method, rate: rate, iterations: iterations, seed: seed,
          number: number, isSearch: isSearch)
      }
    }
  }
}
