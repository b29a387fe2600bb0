/// The first line of a CSV file: what its columns are.
struct CSVHeader {
  var table: TextTable
  var geometry: SensorGeometry?
  var size = 0
  var lines = 0

  /// Reads the first line that is not empty; a `#` before the names is passed over.
  ///
  /// - Parameter isWhole: no more bytes follow.
  /// - Returns: nothing if there is no whole line, or no names of columns in it.
  /// - Throws: ``RecordingError/unsupported(path:reason:)`` where the columns do not make events.
  init?(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(RecordingError) {
    var names: [Substring] = []
    var text = ""
    size = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    repeat {
      guard size < bytes.count else { return nil }
      let line = bytes[size...].prefix(TextTable.longestLine).prefix { $0 != TextScanner.lineEnd }
      guard line.endIndex < bytes.count || isWhole, line.count < TextTable.longestLine else {
        return nil
      }
      text = String(decoding: line, as: UTF8.self)
      size = min(line.endIndex + 1, bytes.count)
      lines += 1
      names = text.split { " \t\r#".contains($0) }
    } while names.isEmpty
    let counts = [UInt8](",;\t".utf8).map { separator in
      (separator, text.utf8.count { $0 == separator })
    }
    guard let (separator, count) = counts.max(by: { $0.1 < $1.1 }), count > 0 else { return nil }
    let cells = text.drop { " #".contains($0) }
      .split(separator: Character(UnicodeScalar(separator)), omittingEmptySubsequences: false)
      .map { cell in cell.filter { !" \t\r\"'".contains($0) } }
    if cells.count >= 4, cells.allSatisfy({ Double($0) != nil }) {
      throw .unsupported(
        path: nil,
        reason: "a CSV file without a header; put a line such as t,x,y,on before the first event")
    }
    let columns = cells.map { Column($0) }
    table = TextTable(columns: columns.map(\.field), separator: separator, timeScale: 0)
    let found = EventField.allCases.map { field in columns.filter { $0.field == field } }
    guard found.count(where: { !$0.isEmpty }) >= 2 else { return nil }
    for (field, columns) in zip(EventField.allCases, found) where columns.count != 1 {
      let names = field.names.joined(separator: " or ")
      throw .unsupported(
        path: nil, reason: "a CSV file with \(columns.count) columns \(names); there must be one")
    }
    table.timeScale = found[EventField.t.rawValue][0].timeScale
    table.hasWholeTimes = !found[EventField.t.rawValue][0].hasUnit
    if let width = found[EventField.x.rawValue][0].side,
      let height = found[EventField.y.rawValue][0].side
    {
      geometry = try SensorGeometry(stated: width, height, at: 0)
    }
  }

  /// A column by its name.
  private struct Column {
    var field: EventField?
    var timeScale = 0
    var hasUnit = false
    /// What stands behind `@`: the columns or rows of the sensor.
    var side: Int?

    private static let units = ["s": 6, "ms": 3, "us": 0, "ns": -3]

    /// A name such as `t`, `time_s`, `t[us]` or `x@320`.
    init(_ name: String) {
      let parts = name.split(separator: "@", omittingEmptySubsequences: false)
      let word = parts[0].prefix { $0.isLetter }
      let unit = parts[0].dropFirst(word.count).filter { !"_-.[]()".contains($0) }
      guard let field = EventField(name: String(word)) else { return }
      if unit.isEmpty || field == .t && Self.units[unit.lowercased()] != nil {
        self.field = field
        timeScale = Self.units[unit.lowercased()] ?? 0
        hasUnit = !unit.isEmpty
        side = parts.count == 2 ? Int(parts[1]) : nil
      }
    }
  }
}
