import Foundation

/// The pieces that charts are drawn from.
enum SVG {
  /// A picture on white, in sans-serif of 12.
  static func picture(width: Double, height: Double, _ lines: [String]) -> String {
    let (width, height) = (n(width), n(height))
    let head = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
        + "height=\"\(height)\" font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    return (head + lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// A number with as many decimals as a picture needs.
  static func n(_ value: Double, _ steps: Double = 10) -> String {
    String(format: "%g", (value * steps).rounded() / steps)
  }

  static func text(
    _ x: Double, _ y: Double, _ text: String, _ anchor: String, _ more: String = ""
  ) -> String {
    let escaped = text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
    let attributes = more.isEmpty ? "" : " " + more
    return
      "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\"\(attributes)>\(escaped)</text>"
  }

  /// Text that goes up, around its middle.
  static func upright(_ x: Double, _ y: Double, _ label: String) -> String {
    text(x, y, label, "middle", "transform=\"rotate(-90 \(n(x)) \(n(y)))\"")
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Double = 1,
    more: String = ""
  ) -> String {
    "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(colour)\" "
      + "stroke-width=\"\(n(width))\"\(more)/>"
  }

  static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String
  ) -> String {
    "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\"/>"
  }

  static func frame(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"none\" "
      + "stroke=\"black\"/>"
  }
}
