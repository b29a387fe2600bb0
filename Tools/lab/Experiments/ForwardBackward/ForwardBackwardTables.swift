import Foundation
import Learning
import ToolSupport

extension ForwardBackwardResults {
  var cosineTable: ResultTable {
    var table = ResultTable([
      "set", "depth", "credit", "path", "readout", "neuron", "recurrent", "reset",
      "readout_tau_ms", "length", "step_us", "steps", "learned", "part", "trials", "cosine_mean",
      "cosine_lower", "cosine_median", "cosine_upper", "cosine_of_sums", "norm_ratio_mean",
      "norm_ratio_lower", "norm_ratio_median", "norm_ratio_upper", "hidden_spikes",
    ])
    for row in Self.rows(allCosines) {
      let one = row.gradient
      func number(_ value: Double) -> String { String(format: "%.5g", value) }
      let what: [String] = [
        one.set.rawValue, "\(one.depth)", one.credit.rawValue, one.path.rawValue,
        one.readout.rawValue, one.neuron.rawValue, one.isRecurrent ? "yes" : "no",
        one.reset.rawValue, one.readout == .leaky ? number(one.readoutTau) : "20",
        one.length.rawValue, "\(one.stepMicroseconds)", number(row.steps), "\(row.learned)",
        row.part, "\(row.trials)",
      ]
      let numbers: [Double] = [
        row.cosine.mean, row.cosine.lower, row.cosine.median, row.cosine.upper, row.summed,
        row.ratio.mean, row.ratio.lower, row.ratio.median, row.ratio.upper, row.spikes,
      ]
      table.append(what + numbers.map(number))
    }
    return table
  }

  /// Cosines of a part: rules by depth, `initial / learned`.
  func byDepth(_ runs: Cosines, part: String = "hidden1", isRatio: Bool = false) -> ResultTable {
    let rows = Self.rows(runs).filter { $0.part == part }
    var table = ResultTable(["rule"] + plan.depths.map { "\($0) hidden" })
    var rules: [String] = []
    for row in rows where !rules.contains(row.gradient.rule) { rules.append(row.gradient.rule) }
    for rule in rules {
      table.append(
        [rule]
          + plan.depths.map { depth in
            let here = rows.filter { $0.gradient.rule == rule && $0.gradient.depth == depth }
            let texts = here.map {
              Format.decimal(isRatio ? $0.ratio.median : $0.cosine.mean, isRatio ? 2 : 3)
            }
            return texts.isEmpty ? "-" : texts.joined(separator: " / ")
          })
    }
    return table
  }

  /// Cosines of each layer, of activation and a leaky readout.
  var byLayer: ResultTable {
    let layers = plan.depths.max() ?? 1
    var table = ResultTable(
      ["credit", "hidden layers"] + (1...layers).map { "layer \($0)" } + ["readout"])
    for credit in [LearnerConfiguration.Credit.symmetric, .instantaneous] {
      for depth in plan.depths {
        var one = plan.base(depth)
        one.credit = credit
        let rows = Self.rows(rules).filter { $0.gradient == one }
        func cell(_ part: String) -> String {
          let texts = rows.filter { $0.part == part }.map { Format.decimal($0.cosine.mean, 3) }
          return texts.joined(separator: " / ")
        }
        table.append(
          [credit.rawValue, "\(depth)"] + (1...layers).map { cell("hidden\($0)") }
            + [cell("readout")])
      }
    }
    return table
  }

  /// Cosines of the first hidden layer by the readout's time constant, at the initial weights.
  var byReadout: ResultTable {
    let rows = Self.rows(readouts).filter { $0.part == "hidden1" }
    var table = ResultTable(
      ["reset", "readout"] + plan.depths.map { "\($0) hidden" })
    for reset in [LearnerConfiguration.Reset.subtract, .zero] {
      for tau in plan.readoutTaus {
        table.append(
          [reset.rawValue, "\(Format.decimal(tau, 0)) ms"]
            + plan.depths.map { depth in
              let row = rows.first {
                $0.gradient.reset == reset && $0.gradient.readoutTau == tau
                  && $0.gradient.depth == depth
              }
              return row.map { Self.cosine($0.cosine.mean) } ?? "-"
            })
      }
    }
    return table
  }

  /// Cosines of the first hidden layer by the number of steps, after learning.
  var byLength: ResultTable {
    let rows = Self.rows(lengths).filter { $0.part == "hidden1" && $0.learned > 0 }
    var table = ResultTable(
      ["trial", "credit", "hidden layers"] + plan.lengths.map { "\($0) steps" })
    for length in [GradientCase.Length.cut, .resolution] {
      for credit in [LearnerConfiguration.Credit.symmetric, .instantaneous] {
        for depth in plan.curveDepths {
          let cells = plan.lengths.map { steps in
            let row = rows.first {
              $0.gradient.length == length && $0.gradient.credit == credit
                && $0.gradient.depth == depth && $0.gradient.steps == steps
            }
            return row.map { Self.cosine($0.cosine.mean) } ?? "-"
          }
          table.append(
            [length == .cut ? "more of it" : "finer steps", credit.rawValue, "\(depth)"] + cells)
        }
      }
    }
    return table
  }

  /// 1 only where nothing is missing.
  static func cosine(_ value: Double) -> String {
    value > 0.9995 && value < 1 - 1e-5 ? String(format: "%.5f", value) : Format.decimal(value, 3)
  }

  var curveTable: ResultTable {
    var table = ResultTable([
      "hidden layers", "gradient", "rate", "test accuracy, %", "progressive accuracy, %",
      "hidden spikes a trial", "ms of a core a trial",
    ])
    for row in curveRows {
      table.append([
        "\(row.depth)", row.method.title, "\(row.rate)", Sample(row.accuracies).percent,
        Sample(row.progressive).percent, Format.decimal(row.spikes, 0),
        Format.decimal(row.milliseconds, 1),
      ])
    }
    return table
  }

  var curvePoints: ResultTable {
    var table = ResultTable(["depth", "method", "learned", "accuracy_mean", "lower", "upper"])
    for row in curveRows {
      for (place, point) in row.points.enumerated() {
        table.append([
          "\(row.depth)", row.method.rawValue, "\(row.learned(at: place))", "\(point.mean)",
          "\(point.lower)", "\(point.upper)",
        ])
      }
    }
    return table
  }

  var rateTable: ResultTable {
    var table = ResultTable(
      ["hidden layers", "gradient"] + plan.rates.map { "\($0)" } + ["chosen"])
    for depth in plan.curveDepths {
      for method in CurveJob.Method.learning {
        let runs = choices.filter { $0.job.gradient.depth == depth && $0.job.method == method }
        let best = runs.max { $0.outcome.accuracy < $1.outcome.accuracy }
        let cells = plan.rates.map { rate in
          runs.first { $0.job.rate == rate }.map { Format.percent($0.outcome.accuracy) } ?? "-"
        }
        table.append(
          ["\(depth)", method.title] + cells
            + [best.map { "\($0.job.rate)" } ?? "-"])
      }
    }
    return table
  }

  var memoryTable: ResultTable {
    var table = ResultTable([
      "hidden layers", "credit", "steps", "live inputs", "forward", "backward", "summed gradient",
      "forward without it", "backward without it",
    ])
    for row in memory {
      table.append([
        "\(row.depth)", row.credit.rawValue, "\(row.steps)", "\(row.liveInputs)",
        "\(row.forward)", "\(row.backward)", "\(row.gradient)", "\(row.forward - row.gradient)",
        "\(row.backward - row.gradient)",
      ])
    }
    return table
  }
}
