import Foundation

/// The rows of a soak as panels below each other, as SVG: memory, latency, throughput, accuracy, other work.
struct SoakChart {
  let rows: [SoakRow]
  /// Seconds that are shaded.
  let warmUp: Double

  private struct Series {
    var name: String
    var colour: String
    var values: [Double?]
  }

  private struct Panel {
    var title: String
    var series: [Series]
    /// The least range that the axis shows, so that nothing looks like a mountain that is none.
    var leastRange: Double
    var startsAtZero = true
  }

  private let width = 720.0
  private let height = 110.0
  private let left = 70.0
  private let top = 30.0
  private let gap = 44.0

  private var panels: [Panel] {
    func series(_ name: String, _ colour: String, _ value: (SoakRow) -> Double?) -> Series {
      Series(name: name, colour: colour, values: rows.map(value))
    }
    return [
      Panel(
        title: "resident memory of the engine, MB",
        series: [
          series("largest", "#e69f00") { $0.largestMB },
          series("median", "#0072b2") { $0.residentMB },
        ], leastRange: 20, startsAtZero: false),
      Panel(
        title: "from the due time of the closing message to the prediction, ms",
        series: [
          series("99 %", "#d55e00") { $0.p99 / 1000 }, series("50 %", "#0072b2") { $0.p50 / 1000 },
        ],
        leastRange: 2),
      Panel(
        title: "million events a second",
        series: [series("sent", "#009e73") { $0.eventsPerSecond / 1e6 }], leastRange: 0.1),
      Panel(
        title: "progressive accuracy, %",
        series: [series("of the row's trials", "#cc79a7") { $0.accuracy.map { $0 * 100 } }],
        leastRange: 100),
      Panel(
        title: "cores at work",
        series: [
          series("engine", "#0072b2") { $0.cores },
          series("other work", "#999999") { $0.othersCores },
        ], leastRange: 1),
    ]
  }

  var svg: String {
    let panels = panels
    let total = top + Double(panels.count) * (height + gap)
    var lines: [String] = []
    for (index, panel) in panels.enumerated() {
      lines += draw(panel, top: top + Double(index) * (height + gap))
    }
    return SVG.picture(width: left + width + 30, height: total, lines)
  }

  private func draw(_ panel: Panel, top: Double) -> [String] {
    let values = panel.series.flatMap(\.values).compactMap { $0 }
    let least = panel.startsAtZero ? 0 : (values.min() ?? 0)
    let middle = ((values.max() ?? 1) + least) / 2
    let range = max((values.max() ?? 1) - least, panel.leastRange) * 1.05
    let lowest = panel.startsAtZero ? 0 : max(0, middle - range / 2)
    let end = max(rows.last?.time ?? 1, 1)
    func x(_ time: Double) -> Double { left + time / end * width }
    func y(_ value: Double) -> Double { top + height - (value - lowest) / range * height }
    var lines = [
      SVG.rectangle(left, top, x(min(warmUp, end)) - left, height, fill: "#f0f0f0"),
      SVG.text(left, top - 8, panel.title, "start"),
    ]
    for part in [0.0, 0.5, 1] {
      let value = lowest + range * part
      lines.append(SVG.text(left - 6, y(value) + 4, String(format: "%.3g", value), "end"))
      lines.append(
        SVG.text(
          left + width * part, top + height + 16, String(format: "%.0f s", end * part), "middle")
      )
    }
    var nameX = left + width
    for series in panel.series {
      let points = zip(rows, series.values).compactMap { row, value in
        value.map { "\(SVG.n(x(row.time))),\(SVG.n(y($0)))" }
      }
      lines.append(
        "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" "
          + "stroke=\"\(series.colour)\" stroke-width=\"1.4\"/>")
      lines.append(SVG.text(nameX, top - 8, series.name, "end", "fill=\"\(series.colour)\""))
      nameX -= Double(series.name.count) * 7 + 14
    }
    lines.append(SVG.frame(left, top, width, height))
    return lines
  }
}
