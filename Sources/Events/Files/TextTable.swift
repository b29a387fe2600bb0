/// A text with an event in every line: what its columns are, and how they are read.
struct TextTable: Equatable, Sendable {
  /// Columns from the left; what is nothing is left out.
  var columns: [EventField?]
  /// A character between columns, with or without blanks around it; a blank stands for any number of blanks and tabs.
  var separator: UInt8
  /// The power of ten that makes microseconds of times.
  var timeScale: Int

  /// Whether a fraction of a time is an error: seconds are not to be taken for microseconds.
  var hasWholeTimes = false

  /// The longest line, in bytes with its end.
  static let longestLine = 1024
  /// The shortest line that holds an event, in bytes with its end.
  static let shortestEvent = 8

  /// Blanks that may stand around numbers, besides a space.
  private var blank: UInt8 { separator == 0x09 ? 0x20 : 0x09 }

  /// What a line holds.
  enum Line {
    case event, nothing
    /// No event, and the part at which the reading ended.
    case bad(EventField?)
  }

  /// Reads the line that begins at `scanner`, up to where it ends or to what is wrong.
  @inline(__always)
  func read(
    _ scanner: inout TextScanner, columns: UnsafeBufferPointer<EventField?>,
    _ t: inout Int64, _ x: inout UInt16, _ y: inout UInt16, _ on: inout Bool
  ) -> Line {
    let (separator, blank) = (separator, blank)
    scanner.skipBlanks(and: blank)
    if scanner.isAtLineEnd || scanner.place.pointee == UInt8(ascii: "#") {
      while scanner.place.pointee != TextScanner.lineEnd { scanner.place += 1 }
      return .nothing
    }
    for index in columns.indices {
      switch columns[index] {
      case .t:
        let start = scanner.place
        guard let time = scanner.scaled(by: timeScale),
          !hasWholeTimes || !scanner.hasFraction(since: start)
        else { return .bad(.t) }
        t = time
      case .x:
        guard let column = scanner.coordinate() else { return .bad(.x) }
        x = column
      case .y:
        guard let row = scanner.coordinate() else { return .bad(.y) }
        y = row
      case .on:
        guard let polarity = scanner.polarity() else { return .bad(.on) }
        on = polarity
      case nil:
        while scanner.place.pointee != separator, !scanner.isAtLineEnd {
          guard scanner.place.pointee != UInt8(ascii: "\"") else { return .bad(nil) }
          scanner.place += 1
        }
      }
      if index + 1 < columns.count {
        let end = scanner.place
        scanner.skipBlanks(and: blank)
        if separator == 0x20 {
          guard scanner.place > end else { return .bad(nil) }
        } else {
          guard scanner.place.pointee == separator else { return .bad(nil) }
          scanner.place += 1
          scanner.skipBlanks(and: blank)
        }
      }
    }
    scanner.skipBlanks(and: blank)
    guard scanner.isAtLineEnd else { return .bad(nil) }
    while scanner.place.pointee != TextScanner.lineEnd { scanner.place += 1 }
    return .event
  }

  /// The event in `line`, which ends with a line end.
  func event(in line: [UInt8]) -> Event? {
    line.withUnsafeBufferPointer { bytes in
      columns.withUnsafeBufferPointer { columns in
        guard let start = bytes.baseAddress, bytes.last == TextScanner.lineEnd else { return nil }
        var scanner = TextScanner(start)
        var event = Event(t: 0, x: 0, y: 0, on: false)
        guard
          case .event = read(&scanner, columns: columns, &event.t, &event.x, &event.y, &event.on)
        else { return nil }
        return event
      }
    }
  }

  /// What is wrong where reading ended.
  static func reason(_ part: EventField?) -> String {
    switch part {
    case .t: "no time within 2^62 us, or one with a fraction and no unit: name it t_s, t_ms or t_us"
    case .x, .y: "no number from 0 to 65535 for \(part == .x ? "x" : "y")"
    case .on: "no polarity of 0 or 1, or -1 and 1, or false and true"
    case nil: "not the columns of the first lines, or quotation marks"
    }
  }
}
