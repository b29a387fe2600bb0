import Foundation

/// Stream times along a horizontal stretch of a picture.
struct TimeScale: Sendable {
  /// The first time that is shown, in microseconds, and the first that is not.
  let span: Range<Int64>
  let x: Int
  let width: Int

  /// Length of the span in microseconds.
  private var length: Double { Double(span.upperBound - span.lowerBound) }

  func place(_ time: Int64) -> Int {
    x + Int(Double(time - span.lowerBound) / length * Double(width))
  }

  /// The number, from 0, of the one of `count` equal parts of the span in which a time lies.
  func part(_ time: Int64, of count: Int) -> Int? {
    guard span.contains(time) else { return nil }
    return min(count - 1, Int(Double(time - span.lowerBound) / length * Double(count)))
  }

  /// Draws ticks with their times below row `y`.
  func draw(in figure: inout Figure, y: Int) {
    figure.rectangle(x, y, width, 1, PictureColours.line)
    let steps = max(2, width / 110)
    for tick in Self.ticks(span, about: steps) {
      let place = place(tick)
      figure.rectangle(place, y, 1, 6, PictureColours.line)
      figure.text(label(tick), place, y + 11, .middle)
    }
    figure.text(unit.name, x + width + 14, y - 6)
  }

  /// Height of what ``draw(in:y:)`` draws.
  static let height = 12 + Figure.textSize

  /// A time as it stands at the axis, with its unit.
  func text(_ time: Int64) -> String { "\(label(time)) \(unit.name)" }

  /// A stretch of time in the unit that suits it.
  func length(_ time: Int64) -> String { TimeScale(span: 0..<time, x: 0, width: 1).text(time) }

  private var unit: (name: String, microseconds: Double, step: Int64) {
    let latest = max(abs(span.lowerBound), abs(span.upperBound))
    return latest >= 10_000_000 && length >= 2_000_000
      ? ("s", 1e6, 1_000_000) : length >= 5000 ? ("ms", 1e3, 1000) : ("us", 1, 1)
  }

  /// In steps of at most a thousandth of the span.
  private func label(_ time: Int64) -> String {
    let value = Double(time) / unit.microseconds
    let steps = length / unit.microseconds
    let places = unit.step == 1 ? 0 : steps >= 100 ? 1 : steps >= 10 ? 2 : 3
    let text = String(format: "%.\(places)f", value)
    guard text.contains(".") else { return text }
    var short = Substring(text)
    while short.hasSuffix("0") { short.removeLast() }
    if short.hasSuffix(".") { short.removeLast() }
    return String(short)
  }

  /// Multiples of 1, 2 or 5 times a power of ten, no more than `count` and a few.
  static func ticks(_ span: Range<Int64>, about count: Int) -> [Int64] {
    let length = span.upperBound - span.lowerBound
    var step: Int64 = 1
    search: while true {
      for factor: Int64 in [1, 2, 5] where length / (step * factor) <= Int64(count) {
        step *= factor
        break search
      }
      step *= 10
    }
    let first = span.lowerBound / step * step
    let start = first < span.lowerBound ? first + step : first
    return Array(stride(from: start, to: span.upperBound, by: Int(step)))
  }
}
