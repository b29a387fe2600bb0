import Foundation
import ToolSupport

/// Rows under named columns, as CSV for programs and as Markdown for people.
struct ResultTable {
  var columns: [String]
  var rows: [[String]] = []

  init(_ columns: [String]) { self.columns = columns }

  /// - Precondition: one cell for each column.
  mutating func append(_ row: [String]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row)
  }

  /// With quotes around what needs them (RFC 4180).
  var csv: String {
    ([columns] + rows).map { row in
      row.map { cell in
        guard cell.contains(where: { ",\"\n".contains($0) }) else { return cell }
        return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
      }.joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }

  var markdown: String {
    let lines = [columns, columns.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") + "\n"
  }
}

/// Numbers over seeds.
struct Sample {
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  var mean: Double { values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count) }
  var lowest: Double { values.min() ?? .nan }
  var highest: Double { values.max() ?? .nan }

  /// The deviation of a sample, 0 for one value.
  var deviation: Double {
    guard values.count > 1 else { return 0 }
    let mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Of a share that was counted in so many trials.
  static func standardError(of share: Double, trials: Int) -> Double {
    (share * (1 - share) / Double(max(trials, 1))).squareRoot()
  }

  /// `98.58 +- 0.05`, of shares as percentages.
  var percent: String {
    let text = Format.decimal(mean * 100, 2)
    return values.count > 1 ? text + " +- " + Format.decimal(deviation * 100, 2) : text
  }
}
