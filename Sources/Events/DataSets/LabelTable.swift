import Foundation

/// A table of labels: rows of fields between commas, the first of which names the columns. Fields may stand in quotes.
struct LabelTable {
  struct Row {
    /// Counted from 1.
    var line: Int
    fileprivate var fields: [String]
  }

  /// A table must not be larger, in bytes.
  static let largest = 1 << 24
  /// A table must not have more rows, nor a list more names.
  static let mostRows = 1 << 18
  /// A table must not have more fields, so that what is kept of it does not depend on its shape.
  static let mostFields = 1 << 21

  let path: String
  private(set) var rows: [Row] = []
  private var columns: [String: Int] = [:]

  /// - Parameter needed: columns that it must have; there may be others.
  init(_ url: URL, columns needed: [String]) throws(RecordingError) {
    path = url.path
    var header: [String]?
    var room = Self.mostFields
    for (line, text) in try Self.lines(of: url) {
      let fields = try Self.fields(of: text, line: line, path: path, atMost: room)
      room -= fields.count
      guard let known = header else {
        header = fields
        columns = Self.places(fields)
        if let missing = needed.first(where: { columns[$0.lowercased()] == nil }) {
          throw .file(path: path, reason: "line \(line): no column \"\(missing)\"")
        }
        continue
      }
      guard fields.count <= known.count else {
        throw .file(
          path: path, reason: "line \(line): \(fields.count) fields in \(known.count) columns")
      }
      rows.append(Row(line: line, fields: fields))
    }
    guard header != nil else {
      throw .file(
        path: path, reason: "it is empty; expected the columns \(needed.joined(separator: ","))")
    }
  }

  /// Whether the first line of a file names all of `columns`.
  static func has(columns: [String], in url: URL) throws(RecordingError) -> Bool {
    guard let first = try lines(of: url, onlyBeginning: true).first,
      let fields = try? fields(of: first.text, line: 1, path: url.path)
    else { return false }
    let places = places(fields)
    return columns.allSatisfy { places[$0] != nil }
  }

  /// What stands in a column; nothing if it is empty or not there.
  func text(_ column: String, of row: Row) -> String? {
    guard let place = columns[column.lowercased()], place < row.fields.count,
      !row.fields[place].isEmpty
    else { return nil }
    return row.fields[place]
  }

  /// A time in microseconds.
  func time(_ column: String, of row: Row) throws(RecordingError) -> Int64? {
    guard let text = text(column, of: row) else { return nil }
    let limit = LabelledStretch.latest
    guard let time = Int64(text), (-limit...limit).contains(time) else {
      throw refusal(row, "\(column) is \"\(text)\", expected whole microseconds, at most 2^60")
    }
    return time
  }

  func refusal(_ row: Row, _ reason: String) -> RecordingError {
    .file(path: path, reason: "line \(row.line): \(reason)")
  }

  /// The lines of a text that are not blank, by their numbers from 1.
  static func lines(
    of url: URL, onlyBeginning: Bool = false
  ) throws(RecordingError) -> [(line: Int, text: String)] {
    let file = try RecordingFile(path: url.path)
    guard let size = file.size else {
      throw .file(path: url.path, reason: "labels are read from files only")
    }
    guard onlyBeginning || size <= largest else {
      throw .file(path: url.path, reason: "\(size) bytes of labels, the limit is \(largest)")
    }
    let bytes = try file.read(onlyBeginning ? RecordingHead.size : size, at: 0)
    var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    var found: [(line: Int, text: String)] = []
    var number = 0
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      let line = rest[..<end]
      rest = rest[end...].dropFirst()
      guard let first = line.firstIndex(where: isInk), let last = line.lastIndex(where: isInk)
      else { continue }
      // One more than there are rows: tables have a header.
      guard found.count <= mostRows else {
        throw .file(path: url.path, reason: "line \(number): the limit is \(mostRows) rows")
      }
      found.append((number, String(decoding: line[first...last], as: UTF8.self)))
    }
    return found
  }

  /// Whether a byte is neither a blank nor a control character.
  private static func isInk(_ byte: UInt8) -> Bool { byte > UInt8(ascii: " ") }

  private static func places(_ fields: [String]) -> [String: Int] {
    Dictionary(
      fields.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func fields(
    of line: String, line number: Int, path: String, atMost limit: Int = mostFields
  ) throws(RecordingError) -> [String] {
    var fields: [String] = []
    var field = ""
    var (isQuoted, wasQuote) = (false, false)
    func end() throws(RecordingError) {
      guard fields.count < limit else {
        throw .file(
          path: path, reason: "line \(number): the limit is \(mostFields) fields in all")
      }
      fields.append(trimmed(field))
      field = ""
    }
    for character in line {
      // Two quotes in quotes are one.
      if character == "\"" {
        if wasQuote { field.append(character) }
        isQuoted.toggle()
        wasQuote = !isQuoted
        continue
      }
      wasQuote = false
      if character == ",", !isQuoted {
        try end()
      } else {
        field.append(character)
      }
    }
    guard !isQuoted else {
      throw .file(path: path, reason: "line \(number): a quote is not closed")
    }
    try end()
    return fields
  }

  private static func trimmed(_ text: String) -> String {
    text.isEmpty ? text : text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
