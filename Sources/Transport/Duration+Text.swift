extension Duration {
  /// Milliseconds as libzmq takes them, rounded up so that no wait is shorter than asked for, and
  /// clamped to what its options can hold (about 24 days).
  var wholeMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard self > .zero else { return 0 }
    guard seconds < 2_147_483 else { return .max }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// "250 ms", "5 s" or "1.5 s".
  var text: String {
    let milliseconds = wholeMilliseconds
    guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
    guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
    return "\(Double(milliseconds) / 1000) s"
  }
}
