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

  let path: String
  private(set) var rows: [Row] = []
  private var columns: [String: Int] = [:]

  /// - Parameter needed: columns that it must have; there may be others.
  init(_ url: URL, columns needed: [String]) throws(RecordingError) {
    path = url.path
    var header: [String]?
    for (line, text) in try Self.lines(of: url) {
      let fields = try Self.fields(of: text, line: line, path: path)
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
    var bytes = try file.read(onlyBeginning ? RecordingHead.size : size, at: 0)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { index, line in
      let text = trimmed(String(decoding: line, as: UTF8.self))
      return text.isEmpty ? nil : (index + 1, text)
    }
  }

  private static func places(_ fields: [String]) -> [String: Int] {
    Dictionary(
      fields.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func fields(
    of line: String, line number: Int, path: String
  ) throws(RecordingError) -> [String] {
    var fields: [String] = []
    var field = ""
    var (isQuoted, wasQuote) = (false, false)
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
        fields.append(trimmed(field))
        field = ""
      } else {
        field.append(character)
      }
    }
    guard !isQuoted else {
      throw .file(path: path, reason: "line \(number): a quote is not closed")
    }
    return fields + [trimmed(field)]
  }

  private static func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
