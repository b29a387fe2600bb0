import Foundation

/// Numbers as people read them.
public enum Format {
  /// A share as a percentage with one decimal, `-` for nothing of nothing.
  public static func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "-" : percent(Double(part) / Double(whole))
  }

  public static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", share * 100)
  }

  /// A large number with thousands separated.
  public static func count(_ value: Int) -> String {
    var digits = String(abs(value))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = String(digits.dropLast(3))
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  public static func decimal(_ value: Double, _ places: Int = 2) -> String {
    String(format: "%.\(places)f", value)
  }

  /// `text` padded on the left to `width`.
  public static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension Duration {
  /// The duration in seconds.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
