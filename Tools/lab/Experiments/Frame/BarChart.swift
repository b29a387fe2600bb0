import Foundation

/// Groups of bars from 0 to 100 %, each with a range, as SVG.
struct BarChart {
  struct Bar {
    var value: Double
    var lowest: Double
    var highest: Double
  }

  struct Group {
    var name: String
    /// One for each series; nothing where there is none.
    var bars: [Bar?]
  }

  var yLabel: String
  var series: [(name: String, colour: String)]
  var groups: [Group]

  private let left = 60.0
  private let top = 20.0
  private let height = 260.0
  private let barWidth = 22.0
  private let gap = 26.0

  private var groupWidth: Double { Double(series.count) * barWidth + gap }

  var svg: String {
    let width = left + Double(groups.count) * groupWidth + 20
    let total = top + height + 76
    let bottom = top + height
    var lines = [SVG.upright(16, top + height / 2, yLabel)]
    for tick in stride(from: 0, through: 100, by: 20) {
      let y = y(Double(tick) / 100)
      lines.append(SVG.line(left, y, width - 20, y, "#dddddd"))
      lines.append(SVG.text(left - 6, y + 4, "\(tick) %", "end"))
    }
    for (index, group) in groups.enumerated() {
      let x0 = left + Double(index) * groupWidth + gap / 2
      lines += draw(group, x0)
      // Two lines, for long names would run into each other.
      let words = group.name.split(separator: " ", maxSplits: 1)
      for (row, word) in words.enumerated() {
        lines.append(
          SVG.text(
            x0 + (groupWidth - gap) / 2, bottom + 16 + 14 * Double(row), String(word), "middle"))
      }
    }
    for (index, entry) in series.enumerated() {
      let x = left + Double(index) * 150
      lines.append(SVG.rectangle(x, bottom + 50, 12, 12, fill: entry.colour))
      lines.append(SVG.text(x + 18, bottom + 60, entry.name, "start"))
    }
    return SVG.picture(width: width, height: total, lines)
  }

  private func draw(_ group: Group, _ x0: Double) -> [String] {
    var lines: [String] = []
    for (index, bar) in group.bars.enumerated() {
      guard let bar else { continue }
      let x = x0 + Double(index) * barWidth
      let y = y(bar.value)
      lines.append(
        SVG.rectangle(x, y, barWidth - 3, top + height - y, fill: series[index].colour))
      let middle = x + (barWidth - 3) / 2
      lines.append(SVG.line(middle, self.y(bar.lowest), middle, self.y(bar.highest), "black"))
    }
    return lines
  }

  private func y(_ value: Double) -> Double { top + height * (1 - value) }
}
