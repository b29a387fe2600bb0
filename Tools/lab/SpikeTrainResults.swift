import Foundation
import ToolSupport

/// What the methods came to on the problems of a study.
struct SpikeTrainResults: Encodable {
  struct Outcome: Encodable {
    var setting: Int
    var method: SpikeTrainProblem.Method
    /// Mean loss of each searched rate.
    var search: [Double]
    var rate: Double
    /// Of each trial, the loss before each update and after the last.
    var losses: [[Double]]

    var final: [Double] { losses.map { $0.last ?? .nan } }

    private enum CodingKeys: String, CodingKey {
      case setting = "target_spikes"
      case method
      case search = "search_losses"
      case rate = "learning_rate"
      case final = "final_loss"
      case solved = "solved_trials"
      case finals = "final_losses"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(setting, forKey: .setting)
      try container.encode(method, forKey: .method)
      try container.encode(search.map(rounded), forKey: .search)
      try container.encode(rate, forKey: .rate)
      try container.encode(Spread(final), forKey: .final)
      try container.encode(final.count { $0 < 1e-12 }, forKey: .solved)
      try container.encode(final.map(rounded), forKey: .finals)
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

  var trials: Int
  var iterations: Int
  var searchTrials: Int
  var seed: UInt64
  var options: SpikeTrainProblem.Options
  var rates = SpikeTrainStudy.rates
  /// For each setting, the mean share of neurons of each layer that are silent at first.
  var silent: [[Double]] = []
  var outcomes: [Outcome] = []

  private enum CodingKeys: String, CodingKey {
    case trials, iterations, seed, options, outcomes
    case searchTrials = "search_trials"
    case rates = "searched_rates"
    case silent = "initially_silent_shares"
  }

  /// The updates at which curves are written.
  private var points: [Int] {
    let count = min(iterations, 100)
    return (0...count).map { $0 * iterations / count }
  }

  var csv: String {
    var lines = [
      "iteration,method,target_spikes,mean,deviation,lower_quartile,median,upper_quartile"
    ]
    for outcome in outcomes {
      for point in points {
        let s = Spread(outcome.losses.map { $0[point] })
        lines.append(
          "\(point),\(outcome.method.rawValue),\(outcome.setting),\(s.mean),\(s.deviation),"
            + "\(s.lower),\(s.median),\(s.upper)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var text: [String] {
    var lines = ["spikes  method      rate    mean loss  deviation  median  solved"]
    for outcome in outcomes {
      let s = Spread(outcome.final)
      let method = outcome.method.rawValue
      lines.append(
        Format.right("\(outcome.setting)", 6) + "  " + method
          + String(repeating: " ", count: 10 - method.count)
          + Format.right("\(outcome.rate)", 6)
          + Format.right(Format.decimal(s.mean, 3), 11)
          + Format.right(Format.decimal(s.deviation, 3), 11)
          + Format.right(Format.decimal(s.median, 3), 8)
          + Format.right("\(outcome.final.count { $0 < 1e-12 })/\(trials)", 9))
    }
    return lines
  }

  var figure: LineChart {
    let colours: [SpikeTrainProblem.Method: String] = [
      .activation: "#0072b2", .timing: "#d55e00", .hybrid: "#009e73",
    ]
    let panels = SpikeTrainStudy.settings.map { setting in
      let curves = outcomes.filter { $0.setting == setting }.map { outcome in
        let spreads = points.map { point in Spread(outcome.losses.map { $0[point] }) }
        return LineChart.Curve(
          name: outcome.method.rawValue, colour: colours[outcome.method] ?? "black",
          x: points.map(Double.init), y: spreads.map(\.mean), lower: spreads.map(\.lower),
          upper: spreads.map(\.upper))
      }
      let title = setting == 1 ? "1 target spike" : "\(setting) target spikes"
      return LineChart.Panel(title: title, curves: curves)
    }
    return LineChart(
      xLabel: "updates", yLabel: "loss: mean of \(trials) problems, quartiles", panels: panels)
  }
}

/// Six digits, enough for a figure.
private func rounded(_ value: Double) -> Double {
  guard value.isFinite, value != 0 else { return value }
  return Double(String(format: "%.6g", value)) ?? value
}
