import Foundation

/// What a program has written.
extension Folder {
  /// A file of text.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// The lines of a CSV file, each by the names of its columns. A cell in quotes may hold commas.
  func rows(_ name: String) throws -> [[String: String]] {
    let lines = try text(name).split(separator: "\n").map { line in
      var (cells, isQuoted) = ([""], false)
      for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: cells.append("")
        default: cells[cells.count - 1].append(character)
        }
      }
      return cells
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// The columns of a CSV file by their names.
  func columns(_ name: String) throws -> [String: [String]] {
    let rows = try rows(name)
    return Dictionary(
      uniqueKeysWithValues: (rows.first ?? [:]).keys.map { column in
        (column, rows.compactMap { $0[column] })
      })
  }
}
