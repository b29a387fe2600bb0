import Foundation

/// Curves with a band around them, in panels side by side, the vertical axis logarithmic, as SVG.
struct LineChart {
  struct Curve {
    var name: String
    var colour: String
    var isDashed = false
    var x: [Double]
    var y: [Double]
    var lower: [Double]
    var upper: [Double]
  }

  struct Panel {
    var title: String
    var curves: [Curve]
  }

  var xLabel: String
  var yLabel: String
  var panels: [Panel]

  private let width = 340.0
  private let height = 260.0
  private let left = 70.0
  private let top = 36.0
  private let gap = 28.0

  var svg: String {
    let range = valueRange
    let totalWidth = left + Double(panels.count) * (width + gap)
    let totalHeight = top + height + 80
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(n(totalWidth)) \(n(totalHeight))\""
        + " width=\"\(n(totalWidth))\" height=\"\(n(totalHeight))\""
        + " font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(
        16, top + height / 2, yLabel, "middle",
        "transform=\"rotate(-90 16 \(n(top + height / 2)))\""),
    ]
    for (index, panel) in panels.enumerated() {
      let x0 = left + Double(index) * (width + gap)
      lines += draw(panel, x0, range, isFirst: index == 0)
    }
    lines += legend(panels.first?.curves ?? [], top: top + height + 62)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Powers of ten are far apart: the range begins and ends at 1, 2 or 5 times one of them.
  private var valueRange: ClosedRange<Double> {
    let curves = panels.flatMap(\.curves)
    let positive = (curves.flatMap(\.y) + curves.flatMap(\.lower)).filter { $0 > 0 }
    let highest = curves.flatMap(\.upper).max() ?? 1
    let means = curves.flatMap(\.y).filter { $0 > 0 }
    // A quarter of solved problems would draw the band, and with it the axis, towards zero.
    let lowest = max(positive.min() ?? 0.1, (means.min() ?? 0.1) / 5)
    let ticks = Self.ticks(lowest / 10...highest * 10)
    return (ticks.last { $0 <= lowest } ?? lowest)...(ticks.first { $0 >= highest } ?? highest)
  }

  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let decades = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound) + 1)
    return decades.flatMap { decade in [1.0, 2, 5].map { $0 * pow(10, Double(decade)) } }
      .filter { range.contains($0) }
  }

  private func draw(
    _ panel: Panel, _ x0: Double, _ range: ClosedRange<Double>, isFirst: Bool
  ) -> [String] {
    let last = panel.curves.flatMap(\.x).max() ?? 1
    let (bottom, end) = (top + height, x0 + width)
    func x(_ value: Double) -> Double { x0 + value / last * width }
    func y(_ value: Double) -> Double {
      let inside = min(max(value, range.lowerBound), range.upperBound)
      let span = log(range.upperBound / range.lowerBound)
      return bottom - log(inside / range.lowerBound) / span * height
    }
    func points(_ xs: [Double], _ ys: [Double]) -> String {
      zip(xs, ys).map { "\(n(x($0))),\(n(y($1)))" }.joined(separator: " ")
    }
    var lines: [String] = [text(x0 + width / 2, top - 12, panel.title, "middle")]
    let slack = 1 + 1e-9
    for tick in Self.ticks(range.lowerBound / slack...range.upperBound * slack) {
      lines.append(line(x0, y(tick), end, y(tick), "#dddddd"))
      if isFirst { lines.append(text(x0 - 8, y(tick) + 4, label(tick), "end")) }
    }
    for quarter in 0...4 {
      let value = last * Double(quarter) / 4
      lines.append(line(x(value), bottom, x(value), bottom + 4, "black"))
      lines.append(text(x(value), bottom + 18, label(value), "middle"))
    }
    lines.append(text(x0 + width / 2, bottom + 38, xLabel, "middle"))
    // Bands of dashed curves would hide those of the others.
    for curve in panel.curves where !curve.isDashed {
      let band =
        points(curve.x, curve.upper) + " "
        + points(curve.x.reversed(), curve.lower.reversed())
      lines.append(
        "<polygon points=\"\(band)\" fill=\"\(curve.colour)\" fill-opacity=\"0.15\"/>")
    }
    for curve in panel.curves {
      lines.append(
        "<polyline points=\"\(points(curve.x, curve.y))\" fill=\"none\" "
          + "stroke=\"\(curve.colour)\" stroke-width=\"1.8\"\(dashes(curve))/>")
    }
    lines.append(
      "<rect x=\"\(n(x0))\" y=\"\(n(top))\" width=\"\(n(width))\" height=\"\(n(height))\" "
        + "fill=\"none\" stroke=\"black\"/>")
    return lines
  }

  /// The names of the curves in a row below the panels.
  private func legend(_ curves: [Curve], top: Double) -> [String] {
    var x = left
    return curves.flatMap { curve in
      defer { x += 48 + 7 * Double(curve.name.count) }
      return [
        line(x, top, x + 26, top, curve.colour, width: 2.5, more: dashes(curve)),
        text(x + 32, top + 4, curve.name, "start"),
      ]
    }
  }

  private func dashes(_ curve: Curve) -> String {
    curve.isDashed ? " stroke-dasharray=\"6 4\"" : ""
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Double = 1,
    more: String = ""
  ) -> String {
    "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(colour)\" "
      + "stroke-width=\"\(n(width))\"\(more)/>"
  }

  private func text(
    _ x: Double, _ y: Double, _ text: String, _ anchor: String, _ more: String = ""
  ) -> String {
    let escaped = text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
    return "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\" \(more)>\(escaped)</text>"
  }

  private func label(_ value: Double) -> String { String(format: "%g", value) }

  private func n(_ value: Double) -> String { String(format: "%g", (value * 10).rounded() / 10) }
}
