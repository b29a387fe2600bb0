import Foundation

/// One axis of a panel: its name, and how numbers lie on it.
struct ChartAxis {
  enum Scale { case linear, logarithmic }

  var label: String
  var scale = Scale.linear
  /// Instead of the range of what is drawn.
  var range: ClosedRange<Double>?
  /// Numbers are shares, and are written as percentages.
  var isShare = false

  init(
    _ label: String, _ scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    isShare: Bool = false
  ) {
    (self.label, self.scale, self.range, self.isShare) = (label, scale, range, isShare)
  }

  /// The axis for `values`: the range that was asked for, or one that begins and ends at ticks.
  func fitted(to values: [Double]) -> Fitted {
    let values = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    var (low, high) = (values.min() ?? 0.1, values.max() ?? 1)
    if let range {
      (low, high) = (range.lowerBound, range.upperBound)
    } else if scale == .linear {
      if low == high { (low, high) = (low - 0.5, high + 0.5) }
      // A range that nearly begins at 0 had better begin there.
      if low > 0, low < 0.3 * high { low = 0 }
      let step = Self.step(high - low)
      (low, high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
    } else {
      if low == high { (low, high) = (low / 2, high * 2) }
      let ticks = Self.powers(low / 10...high * 10)
      low = ticks.last { $0 <= low * (1 + 1e-9) } ?? low
      high = ticks.first { $0 >= high * (1 - 1e-9) } ?? high
    }
    return Fitted(axis: self, range: low...max(high, low + .leastNormalMagnitude))
  }

  /// An axis whose range is known.
  struct Fitted {
    var axis: ChartAxis
    var range: ClosedRange<Double>

    /// Where a value lies from 0 to 1; what is outside lies at the edge.
    func place(_ value: Double) -> Double {
      let value = min(max(value, range.lowerBound), range.upperBound)
      guard axis.scale == .logarithmic else {
        return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      }
      return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }

    var ticks: [(value: Double, label: String)] {
      values.map { value in
        let shown = axis.isShare ? value * 100 : value
        let text = String(format: "%g", (shown * 1e6).rounded() / 1e6)
        return (value, axis.isShare ? text + " %" : text)
      }
    }

    private var values: [Double] {
      if axis.scale == .logarithmic {
        let slack = 1 + 1e-9
        let all = ChartAxis.powers(range.lowerBound / slack...range.upperBound * slack)
        guard all.count > 8 else { return all }
        return all.filter { abs(log10($0) - log10($0).rounded()) < 1e-9 }
      }
      let step = ChartAxis.step(range.upperBound - range.lowerBound)
      let first = (range.lowerBound / step - 1e-9).rounded(.up)
      let last = (range.upperBound / step + 1e-9).rounded(.down)
      // Rounding up ends at -0 below 0.
      return stride(from: first, through: last, by: 1).map { $0 * step + 0 }
    }
  }

  /// 1, 2 or 5 times a power of ten, four to nine of them in `span`.
  private static func step(_ span: Double) -> Double {
    let power = pow(10, (log10(span) - 0.6).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 8 } ?? power
  }

  /// 1, 2 and 5 times the powers of ten.
  private static func powers(_ range: ClosedRange<Double>) -> [Double] {
    let decades = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound) + 1)
    return decades.flatMap { decade in [1.0, 2, 5].map { $0 * pow(10, Double(decade)) } }
      .filter { range.contains($0) }
  }
}
