/// The words after the name of a transform: `name=word,word`, each word a value or `key=value`.
///
/// A value is asked for by its key and taken from the word with that key, or else from the first without one.
struct TransformArguments {
  /// The whole text, for errors.
  let text: String
  let name: EventTransform.Name
  private var words: [(key: String?, value: String)] = []

  init(_ text: String) throws(TransformError) {
    self.text = text
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = EventTransform.Name(rawValue: String(parts[0])) else {
      throw .unknown(String(parts[0]))
    }
    self.name = name
    guard parts.count == 2 else { return }
    for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      words.append(
        pair.count == 2 ? (String(pair[0]), String(pair[1])) : (nil, String(word)))
    }
  }

  func problem(_ text: String) -> TransformError {
    .argument(text: self.text, problem: text, usage: name.usage)
  }

  func has(_ key: String) -> Bool { words.contains { $0.key == key } }

  /// Takes the word with `key`, or the first that has none.
  private mutating func take(_ key: String) -> String? {
    let index = words.firstIndex { $0.key == key } ?? words.firstIndex { $0.key == nil }
    return index.map { words.remove(at: $0).value }
  }

  mutating func integer<T: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<T>, default standard: T? = nil
  ) throws(TransformError) -> T {
    try value(key, "a whole number of \(range.lowerBound) to \(range.upperBound)", standard) {
      T($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>, default standard: Double? = nil
  ) throws(TransformError) -> Double {
    try value(key, "a number of \(range.lowerBound) to \(range.upperBound)", standard) {
      Double($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func size(_ key: String) throws(TransformError) -> SensorGeometry {
    try value(key, "WIDTHxHEIGHT with sides of 1 to 65536", nil, SensorGeometry.init(text:))
  }

  mutating func value<T>(
    _ key: String, _ expected: String, _ standard: T?, _ read: (String) -> T?
  ) throws(TransformError) -> T {
    guard let word = take(key) else {
      if let standard { return standard }
      throw problem("\(key) is missing")
    }
    guard let value = read(word) else {
      throw problem("\(key) is \"\(WireError.excerpt(word))\", which must be \(expected)")
    }
    return value
  }

  /// All words that are left, none with a key.
  mutating func rest() -> [String] {
    defer { words.removeAll { $0.key == nil } }
    return words.filter { $0.key == nil }.map(\.value)
  }

  /// Refuses words that nobody took.
  func finish() throws(TransformError) {
    guard let word = words.first else { return }
    throw problem(
      "\"\(WireError.excerpt((word.key.map { "\($0)=" } ?? "") + word.value))\" is no argument of it, "
        + "or one too many")
  }
}

extension SensorGeometry {
  /// Reads `WIDTHxHEIGHT`.
  public init?(text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard sides.count == 2, sides.allSatisfy((1...65536).contains) else { return nil }
    self.init(width: sides[0], height: sides[1])
  }
}
