/// The parts of an event, by the names that columns and fields have in files.
enum EventField: Int, CaseIterable {
  case t, x, y, on

  /// Names, in small letters.
  var names: [String] {
    switch self {
    case .t: ["t", "ts", "time", "timestamp"]
    case .x: ["x"]
    case .y: ["y"]
    case .on: ["on", "p", "pol", "polarity"]
    }
  }

  /// The part that `name` stands for.
  init?(name: String) {
    let lower = name.lowercased()
    guard let field = Self.allCases.first(where: { $0.names.contains(lower) }) else { return nil }
    self = field
  }
}

extension EventField {
  /// Times that are read and written, in microseconds: the difference of two of them is a number of 64 bits.
  @inline(__always) static var times: ClosedRange<Int64> { -1 << 62...1 << 62 - 1 }

  /// - Throws: ``RecordingError/notRepresentable(path:index:field:value:limit:)`` for a time beyond ``times``.
  @inline(__always)
  static func checkTime(_ time: Int64, index: Int) throws(RecordingError) {
    guard times.contains(time) else {
      throw .notRepresentable(index: index, field: "t", value: time, limit: "-2^62 to 2^62 - 1 us")
    }
  }
}
