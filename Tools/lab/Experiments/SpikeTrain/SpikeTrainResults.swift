import Foundation
import ToolSupport

/// What the methods came to on the problems of a study.
struct SpikeTrainResults: Encodable {
  struct Outcome: Encodable {
    var setting: Int
    var method: SpikeTrainMethod
    var search: RateSearch
    /// Of each trial, the curve of ``SpikeTrainJob/Outcome``.
    var losses: [[Double]]

    /// Among the outcomes of a setting.
    var place: Int { SpikeTrainMethod.allCases.firstIndex(of: method) ?? 0 }
    var final: [Double] { losses.map { $0.last ?? .nan } }
    var solved: Int { final.count { $0 < 1e-12 } }

    private enum CodingKeys: String, CodingKey {
      case setting = "target_spikes"
      case method
      case search = "searched_rates"
      case rate = "learning_rate"
      case final = "final_loss"
      case solved = "solved_trials"
      case finals = "final_losses"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(setting, forKey: .setting)
      try container.encode(method, forKey: .method)
      try container.encode(search.trials, forKey: .search)
      try container.encode(search.best, forKey: .rate)
      try container.encode(Spread(final), forKey: .final)
      try container.encode(solved, forKey: .solved)
      try container.encode(final.map(rounded), forKey: .finals)
    }
  }

  /// One method against another on the same problems.
  struct Pair: Encodable {
    var setting: Int
    var method: SpikeTrainMethod
    var other: SpikeTrainMethod
    /// Problems in which the method's loss is the lower one, and in which both are the same.
    var lower: Int
    var equal: Int
    /// Of its loss less the other's.
    var difference: Double
    var standardError: Double

    private enum CodingKeys: String, CodingKey {
      case setting = "target_spikes"
      case method, other, lower, equal
      case difference = "mean_difference"
      case standardError = "standard_error"
    }
  }

  /// Mean, deviation and quartiles of some numbers.
  struct Spread: Encodable {
    var mean: Double
    var deviation: Double
    var lower: Double
    var median: Double
    var upper: Double

    init(_ numbers: [Double]) {
      let sorted = numbers.sorted()
      let mean = sorted.reduce(0, +) / Double(max(sorted.count, 1))
      let square = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      func quantile(_ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        let high = low + 1 < sorted.count ? sorted[low + 1] : last
        return sorted[low] + (place - Double(low)) * (high - sorted[low])
      }
      self.mean = rounded(mean)
      deviation = rounded((square / Double(max(sorted.count - 1, 1))).squareRoot())
      (lower, median, upper) = (
        rounded(quantile(0.25)), rounded(quantile(0.5)), rounded(quantile(0.75))
      )
    }
  }

  var study: SpikeTrainStudy
  /// For each setting, the mean share of neurons of each layer that are silent at first.
  var silent: [[Double]] = []
  var outcomes: [Outcome] = []

  init(study: SpikeTrainStudy) { self.study = study }

  /// Problems of each setting.
  var trials: Int { study.trials * study.seeds.count }

  private enum CodingKeys: String, CodingKey {
    case outcomes, pairs
    case silent = "initially_silent_shares"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(silent.map { $0.map(rounded) }, forKey: .silent)
    try container.encode(outcomes, forKey: .outcomes)
    try container.encode(pairs, forKey: .pairs)
  }

  /// Every method against activation, and what is forward in time against the same backward.
  var pairs: [Pair] {
    let asked: [(SpikeTrainMethod, SpikeTrainMethod)] = [
      (.hybrid, .activation), (.timing, .activation), (.hybridForward, .activationForward),
      (.hybridForward, .hybrid), (.activationForward, .activation),
    ]
    return SpikeTrainStudy.settings.flatMap { setting in
      asked.compactMap { pair($0, $1, setting) }
    }
  }

  private func pair(
    _ method: SpikeTrainMethod, _ other: SpikeTrainMethod, _ setting: Int
  ) -> Pair? {
    func finals(_ method: SpikeTrainMethod) -> [Double]? {
      outcomes.first { $0.setting == setting && $0.method == method }?.final
    }
    guard let mine = finals(method), let others = finals(other) else { return nil }
    let differences = zip(mine, others).map { $0 - $1 }
    let spread = Spread(differences)
    return Pair(
      setting: setting, method: method, other: other, lower: differences.count { $0 < 0 },
      equal: differences.count { $0 == 0 }, difference: spread.mean,
      standardError: rounded(spread.deviation / Double(max(differences.count, 1)).squareRoot()))
  }

  private var points: [Int] { SpikeTrainJob.points(study.iterations) }

  var curves: String {
    var lines = [
      "iteration,method,target_spikes,mean,deviation,lower_quartile,median,upper_quartile"
    ]
    for outcome in outcomes {
      for (place, point) in points.enumerated() {
        let s = Spread(outcome.losses.map { $0[place] })
        lines.append(
          "\(point),\(outcome.method.rawValue),\(outcome.setting),\(s.mean),\(s.deviation),"
            + "\(s.lower),\(s.median),\(s.upper)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line for each setting and method.
  var table: ResultTable {
    var table = ResultTable([
      "target_spikes", "method", "problems", "learning_rate", "mean", "deviation",
      "lower_quartile", "median", "upper_quartile", "solved",
    ])
    for outcome in outcomes {
      let s = Spread(outcome.final)
      table.append(
        [
          "\(outcome.setting)", outcome.method.rawValue, "\(outcome.final.count)",
          "\(outcome.search.best)",
        ] + [s.mean, s.deviation, s.lower, s.median, s.upper].map { "\($0)" }
          + ["\(outcome.solved)"])
    }
    return table
  }

  var figure: Chart {
    let panels = SpikeTrainStudy.settings.map { setting in
      let series = outcomes.filter { $0.setting == setting }.map { outcome in
        let spreads = points.indices.map { place in Spread(outcome.losses.map { $0[place] }) }
        return Chart.Series(
          name: outcome.method.title, colour: outcome.method.colour,
          style: outcome.method.isForward ? .dashed : .line, x: points.map(Double.init),
          y: spreads.map(\.mean), lower: spreads.map(\.lower), upper: spreads.map(\.upper))
      }
      return Chart.Panel(
        title: setting == 1 ? "1 target spike" : "\(setting) target spikes",
        x: ChartAxis("updates"), y: lossAxis(series), series: series)
    }
    return Chart(panels: panels)
  }

  /// A quarter of solved problems would draw the band, and with it the axis, towards zero.
  private func lossAxis(_ series: [Chart.Series]) -> ChartAxis {
    let means = series.flatMap(\.y).filter { $0 > 0 }
    let highest = series.flatMap(\.upper).max() ?? 1
    let lowest = (means.min() ?? 0.1) / 5
    return ChartAxis(
      "loss: mean of \(trials) problems, quartiles", .logarithmic,
      range: lowest...max(highest, 2 * lowest))
  }
}

/// Six digits, enough for a figure.
func rounded(_ value: Double) -> Double {
  guard value.isFinite, value != 0 else { return value }
  return Double(String(format: "%.6g", value)) ?? value
}
