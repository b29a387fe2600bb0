import Foundation

/// Curves and points in panels side by side, as SVG. The panels have one legend, which names each series once.
struct Chart {
  enum Style { case line, dashed, points, linePoints }

  struct Series {
    var name: String
    var colour: String
    var style = Style.line
    var x: [Double]
    var y: [Double]
    /// Of the band around a curve, or of the bars at points.
    var lower: [Double] = []
    var upper: [Double] = []
    /// Beside each point, if there are any.
    var notes: [String] = []
  }

  struct Panel {
    var title: String
    var x: ChartAxis
    var y: ChartAxis
    var series: [Series]
  }

  /// Colours that people tell apart who see fewer of them (Okabe and Ito 2008).
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d31",
  ]

  var panels: [Panel]
  /// Of a panel.
  var width = 340.0
  var height = 260.0

  private let left = 74.0
  private let top = 36.0
  private let legendRow = 20.0

  var svg: String {
    let totalWidth = Double(panels.count) * (left + width) + 24
    let legend = legend(width: totalWidth)
    let totalHeight = top + height + 58 + Double(legend.rows) * legendRow
    var lines: [String] = []
    for (index, panel) in panels.enumerated() {
      lines += draw(panel, x0: left + Double(index) * (left + width))
    }
    return SVG.picture(width: totalWidth, height: totalHeight, lines + legend.lines)
  }

  private func draw(_ panel: Panel, x0: Double) -> [String] {
    let xAxis = panel.x.fitted(to: panel.series.flatMap(\.x))
    let yAxis = panel.y.fitted(to: panel.series.flatMap { $0.y + $0.lower + $0.upper })
    let bottom = top + height
    func x(_ value: Double) -> Double { x0 + xAxis.place(value) * width }
    func y(_ value: Double) -> Double { bottom - yAxis.place(value) * height }
    var lines = [
      SVG.text(x0 + width / 2, top - 12, panel.title, "middle"),
      SVG.text(x0 + width / 2, bottom + 38, panel.x.label, "middle"),
      SVG.upright(x0 - 56, top + height / 2, panel.y.label),
    ]
    for tick in yAxis.ticks {
      lines.append(SVG.line(x0, y(tick.value), x0 + width, y(tick.value), "#dddddd"))
      lines.append(SVG.text(x0 - 6, y(tick.value) + 4, tick.label, "end"))
    }
    for tick in xAxis.ticks {
      lines.append(SVG.line(x(tick.value), bottom, x(tick.value), bottom + 4, "black"))
      lines.append(SVG.text(x(tick.value), bottom + 18, tick.label, "middle"))
    }
    for series in panel.series {
      lines += draw(
        series,
        points: zip(series.x, series.y).map { (x($0), y($1)) },
        lower: zip(series.x, series.lower).map { (x($0), y($1)) },
        upper: zip(series.x, series.upper).map { (x($0), y($1)) }, right: x0 + width)
    }
    lines.append(SVG.frame(x0, top, width, height))
    return lines
  }

  private typealias Point = (x: Double, y: Double)

  private func draw(
    _ series: Series, points: [Point], lower: [Point], upper: [Point], right: Double
  ) -> [String] {
    func path(_ points: [Point]) -> String {
      points.map { "\(SVG.n($0.x)),\(SVG.n($0.y))" }.joined(separator: " ")
    }
    var lines: [String] = []
    if series.style != .points {
      // Bands of dashed curves would hide those of the others.
      if !lower.isEmpty, series.style == .line {
        lines.append(
          "<polygon points=\"\(path(upper)) \(path(lower.reversed()))\" fill=\"\(series.colour)\" "
            + "fill-opacity=\"0.15\"/>")
      }
      lines.append(
        "<polyline points=\"\(path(points))\" fill=\"none\" stroke=\"\(series.colour)\" "
          + "stroke-width=\"1.8\"\(dashes(series))/>")
    }
    guard series.style == .points || series.style == .linePoints else { return lines }
    for (low, high) in zip(lower, upper) where low.y != high.y {
      lines.append(SVG.line(low.x, low.y, high.x, high.y, series.colour))
    }
    for (index, point) in points.enumerated() {
      lines.append(
        "<circle cx=\"\(SVG.n(point.x))\" cy=\"\(SVG.n(point.y))\" r=\"3.5\" fill=\"\(series.colour)\"/>"
      )
      guard index < series.notes.count, !series.notes[index].isEmpty else { continue }
      let isLeft = point.x + 7 * Double(series.notes[index].count) > right
      lines.append(
        SVG.text(
          point.x + (isLeft ? -7 : 7), point.y - 5, series.notes[index], isLeft ? "end" : "start",
          "font-size=\"10\""))
    }
    return lines
  }

  /// The names below the panels, in as many rows as they need.
  private func legend(width: Double) -> (lines: [String], rows: Int) {
    var named: Set<String> = []
    let series = panels.flatMap(\.series).filter {
      !$0.name.isEmpty && named.insert($0.name).inserted
    }
    var (x, row) = (left, 0)
    var lines: [String] = []
    for entry in series {
      let room = 48 + 6.5 * Double(entry.name.count)
      if x + room > width, x > left { (x, row) = (left, row + 1) }
      let y = top + height + 62 + Double(row) * legendRow
      if entry.style == .points {
        lines.append(
          "<circle cx=\"\(SVG.n(x + 13))\" cy=\"\(SVG.n(y))\" r=\"3.5\" fill=\"\(entry.colour)\"/>")
      } else {
        lines.append(SVG.line(x, y, x + 26, y, entry.colour, width: 2.5, more: dashes(entry)))
      }
      lines.append(SVG.text(x + 32, y + 4, entry.name, "start"))
      x += room
    }
    return (lines, series.isEmpty ? 0 : row + 1)
  }

  private func dashes(_ series: Series) -> String {
    series.style == .dashed ? " stroke-dasharray=\"6 4\"" : ""
  }
}
