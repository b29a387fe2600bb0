import Learning

extension ForwardBackwardResults {
  private typealias Credit = LearnerConfiguration.Credit

  private static func colour(_ credit: LearnerConfiguration.Credit) -> String {
    Chart.colours[ForwardBackwardPlan.credits.firstIndex(of: credit) ?? 0]
  }

  private var stages: [(name: String, learned: Int)] {
    [("initial weights", 0), ("after \(plan.learned) learned trials", plan.learned)]
  }

  private func axis(_ rows: [Row]) -> ChartAxis {
    let lowest = rows.map { min($0.cosine.lower, $0.cosine.mean) }.min() ?? 0
    // Down to the next quarter.
    return ChartAxis(
      "cosine with the full gradient", range: min(0, (lowest * 4).rounded(.down) / 4)...1)
  }

  private func series(
    _ name: String, _ colour: String, _ style: Chart.Style, _ rows: [Row], x: (Row) -> Double
  ) -> Chart.Series {
    let rows = rows.filter { $0.trials > 0 }.sorted { x($0) < x($1) }
    return Chart.Series(
      name: name, colour: colour, style: style, x: rows.map(x), y: rows.map(\.cosine.mean),
      lower: rows.map(\.cosine.lower), upper: rows.map(\.cosine.upper))
  }

  private func depthAxis(_ label: String) -> ChartAxis {
    let highest = Double(max(plan.depths.max() ?? 1, 2))
    return ChartAxis(label, range: 1...highest)
  }

  /// Cosine of the first hidden layer, which is furthest from the errors, by depth.
  var depthFigure: Chart {
    let rows = Self.rows(rules).filter {
      $0.part == "hidden1" && $0.gradient.neuron == .lif && !$0.gradient.isRecurrent
    }
    let panels = stages.map { stage in
      let here = rows.filter { $0.learned == stage.learned }
      let leaky = ForwardBackwardPlan.credits.map { credit in
        series(
          "\(credit.rawValue), leaky readout", Self.colour(credit), .line,
          here.filter { $0.gradient.credit == credit && $0.gradient.readout == .leaky },
          x: { Double($0.gradient.depth) })
      }
      let spiking = [Credit.symmetric, .instantaneous, .random].map { credit in
        series(
          "\(credit.rawValue), spiking readout", Self.colour(credit), .dashed,
          here.filter { $0.gradient.credit == credit && $0.gradient.readout == .spiking },
          x: { Double($0.gradient.depth) })
      }
      return Chart.Panel(
        title: stage.name, x: depthAxis("hidden layers"), y: axis(rows), series: leaky + spiking)
    }
    return Chart(panels: panels)
  }

  /// Cosine of each hidden layer, from the input on.
  var layerFigure: Chart {
    let rows = Self.rows(rules).filter {
      $0.part.hasPrefix("hidden") && $0.part != "hidden" && $0.gradient.neuron == .lif
        && $0.gradient.readout == .leaky && !$0.gradient.isRecurrent
    }
    let panels = plan.depths.filter { $0 > 1 }.map { depth in
      let lists = [Credit.symmetric, .instantaneous].flatMap { credit in
        stages.map { stage in
          series(
            "\(credit.rawValue), \(stage.name)", Self.colour(credit),
            stage.learned == 0 ? .dashed : .line,
            rows.filter {
              $0.gradient.depth == depth && $0.gradient.credit == credit
                && $0.learned == stage.learned
            }, x: { Double($0.part.dropFirst(6)) ?? 0 })
        }
      }
      return Chart.Panel(
        title: "\(depth) hidden layers", x: depthAxis("layer, from the input on"), y: axis(rows),
        series: lists)
    }
    return Chart(panels: panels, width: 240)
  }

  /// Cosine of the first hidden layer by the number of steps.
  var lengthFigure: Chart {
    let rows = Self.rows(lengths).filter { $0.part == "hidden1" && $0.learned > 0 }
    let titles: [(GradientCase.Length, String)] = [
      (.cut, "more of the recording"), (.resolution, "the same 300 ms in finer steps"),
    ]
    let panels = titles.map { length, title in
      let lists = plan.curveDepths.flatMap { depth in
        [Credit.symmetric, .instantaneous].map { credit in
          series(
            "\(credit.rawValue), \(depth) hidden", Chart.colours[(depth - 1) % 8],
            credit == .symmetric ? .line : .dashed,
            rows.filter {
              $0.gradient.length == length && $0.gradient.credit == credit
                && $0.gradient.depth == depth
            }, x: { $0.steps })
        }
      }
      return Chart.Panel(
        title: title, x: ChartAxis("steps of a trial", .logarithmic), y: axis(rows), series: lists)
    }
    return Chart(panels: panels)
  }

  /// Cosine by what the readout remembers.
  var readoutFigure: Chart {
    let rows = Self.rows(readouts).filter { $0.part == "hidden1" }
    let panels = [LearnerConfiguration.Reset.subtract, .zero].map { reset in
      Chart.Panel(
        title: "reset: \(reset.rawValue)", x: ChartAxis("time constant of the readout, ms"),
        y: axis(rows),
        series: plan.depths.map { depth in
          series(
            "\(depth) hidden", Chart.colours[(depth - 1) % 8], .line,
            rows.filter { $0.gradient.reset == reset && $0.gradient.depth == depth },
            x: { $0.gradient.readoutTau })
        })
    }
    return Chart(panels: panels)
  }

  var curveFigure: Chart {
    let rows = curveRows
    let lowest = rows.flatMap(\.points).map(\.lower).min() ?? 0
    let panels = plan.curveDepths.map { depth in
      let lists = rows.filter { $0.depth == depth }.enumerated().map { place, row in
        Chart.Series(
          name: row.method.title, colour: Chart.colours[place],
          style: row.method == .engine ? .dashed : .line,
          x: row.points.indices.map { Double(row.learned(at: $0)) }, y: row.points.map(\.mean),
          lower: row.points.map(\.lower), upper: row.points.map(\.upper))
      }
      return Chart.Panel(
        title: "\(depth) hidden layer\(depth == 1 ? "" : "s")", x: ChartAxis("learned trials"),
        y: ChartAxis(
          "accuracy before learning", range: min(lowest, 0.5)...1, isShare: true), series: lists)
    }
    return Chart(panels: panels, width: 280)
  }

  var memoryFigure: Chart {
    let panels = plan.curveDepths.map { depth in
      let here = memory.filter { $0.depth == depth }
      func line(
        _ name: String, _ colour: Int, _ style: Chart.Style, _ credit: LearnerConfiguration.Credit,
        _ count: (MemoryRow) -> Int
      ) -> Chart.Series {
        let rows = here.filter { $0.credit == credit }
        return Chart.Series(
          name: name, colour: Chart.colours[colour], style: style, x: rows.map { Double($0.steps) },
          y: rows.map { Double(count($0) - $0.gradient) })
      }
      return Chart.Panel(
        title: "\(depth) hidden layer\(depth == 1 ? "" : "s")",
        x: ChartAxis("steps of a trial", .logarithmic),
        y: ChartAxis("numbers kept besides the gradient", .logarithmic),
        series: [
          line("forward, symmetric", 0, .line, .symmetric, \.forward),
          line("forward, instantaneous", 1, .line, .instantaneous, \.forward),
          line("backpropagation through time", 2, .dashed, .symmetric, \.backward),
        ])
    }
    return Chart(panels: panels, width: 280)
  }
}
