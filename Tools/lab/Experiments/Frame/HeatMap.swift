import Foundation

/// Square grids of numbers side by side in one scale of colours, with contour lines, as SVG.
struct HeatMap {
  struct Panel {
    var title: String
    /// Row after row, the lowest row first, each as long as there are rows.
    var values: [Double]
  }

  var panels: [Panel]
  var xLabel: String
  var yLabel: String
  /// Of both axes, from the first to the last number of a row.
  var range: ClosedRange<Double>
  /// Of the colours; what is outside has the colour of the end.
  var scale: ChartAxis

  private let left = 52.0
  private let top = 30.0
  private let side = 210.0
  private let gap = 16.0
  private let shades = 24

  var svg: String {
    let colours = scale.fitted(to: panels.flatMap(\.values))
    let right = left + Double(panels.count) * (side + gap)
    let (width, height) = (right + 84, top + side + 48)
    var lines = [SVG.upright(14, top + side / 2, yLabel)]
    let axis = ChartAxis("", range: range).fitted(to: [])
    for tick in axis.ticks {
      lines.append(
        SVG.text(left - 6, top + side * (1 - axis.place(tick.value)) + 4, tick.label, "end"))
    }
    for (index, panel) in panels.enumerated() {
      let x0 = left + Double(index) * (side + gap)
      lines += draw(panel, x0: x0, colours)
      for tick in axis.ticks {
        let x = x0 + side * axis.place(tick.value)
        lines.append(SVG.text(x, top + side + 16, tick.label, "middle"))
      }
      lines.append(SVG.text(x0 + side / 2, top + side + 36, xLabel, "middle"))
    }
    return SVG.picture(width: width, height: height, lines + bar(x0: right, colours))
  }

  private func draw(_ panel: Panel, x0: Double, _ colours: ChartAxis.Fitted) -> [String] {
    let grid = ContourGrid(values: panel.values)
    let count = grid.points
    let size = side / Double(count)
    // Cells of one shade that lie side by side are one piece of one path.
    var paths = [String](repeating: "", count: shades)
    for row in 0..<count {
      var column = 0
      while column < count {
        let shade = shade(grid[column, row], colours)
        let begin = column
        while column < count, self.shade(grid[column, row], colours) == shade { column += 1 }
        paths[shade] += "M\(begin) \(row)h\(column - begin)v1h\(begin - column)z"
      }
    }
    var lines = [SVG.text(x0 + side / 2, top - 10, panel.title, "middle")]
    // Rows go up.
    let frame = "translate(\(SVG.n(x0)) \(SVG.n(top + side))) scale(\(size) \(-size))"
    lines.append("<g transform=\"\(frame)\" shape-rendering=\"crispEdges\">")
    for (shade, path) in paths.enumerated() where !path.isEmpty {
      lines.append("<path fill=\"\(colour(shade))\" d=\"\(path)\"/>")
    }
    lines.append("</g>")
    let contours = colours.ticks.map { grid.contour(at: $0.value) }.joined()
    // A point is the middle of its cell.
    lines.append(
      "<path transform=\"\(frame) translate(.5 .5)\" d=\"\(contours)\" fill=\"none\" stroke=\"white\" "
        + "stroke-opacity=\"0.8\" stroke-width=\"\(SVG.n(1 / size, 100))\"/>")
    lines.append(SVG.frame(x0, top, side, side))
    return lines
  }

  private func bar(x0: Double, _ colours: ChartAxis.Fitted) -> [String] {
    let height = side / Double(shades)
    var lines = (0..<shades).map { shade in
      "<rect x=\"\(SVG.n(x0))\" y=\"\(SVG.n(top + side - Double(shade + 1) * height, 100))\" width=\"14\" "
        + "height=\"\(SVG.n(height + 0.1, 100))\" fill=\"\(colour(shade))\"/>"
    }
    lines.append(SVG.text(x0, top - 10, scale.label, "start"))
    for tick in colours.ticks {
      lines.append(
        SVG.text(x0 + 18, top + side * (1 - colours.place(tick.value)) + 4, tick.label, "start"))
    }
    return lines
  }

  private func shade(_ value: Double, _ colours: ChartAxis.Fitted) -> Int {
    guard value.isFinite else { return 0 }
    return min(Int(colours.place(value) * Double(shades)), shades - 1)
  }

  /// From dark blue over green to yellow, ever lighter, so that it can be read without colours as well.
  private func colour(_ shade: Int) -> String {
    let stops: [[Double]] = [
      [38, 22, 84], [44, 80, 140], [38, 134, 142], [84, 186, 104], [248, 230, 60],
    ]
    let place = Double(shade) / Double(shades - 1) * Double(stops.count - 1)
    let low = min(Int(place), stops.count - 2)
    return "#"
      + zip(stops[low], stops[low + 1]).map { first, second in
        String(format: "%02x", Int(first + (second - first) * (place - Double(low))))
      }.joined()
  }
}
