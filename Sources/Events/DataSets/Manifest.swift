import Foundation

/// A table of recordings: the columns `path` (from the table's folder on) and `label`, and, where trials lie amid a
/// recording, `start_us` and `end_us` on its clock. Other columns are not looked at.
///
/// A row without a label is a trial that is predicted only. Labels that are all numbers are classes; others are named, and
/// numbered in alphabetical order, over all parts of the set, such as `train.csv` and `test.csv` of one folder, so that
/// they agree.
enum Manifest {
  private static let columns = ["path", "label"]

  static func recognises(_ url: URL) throws(RecordingError) -> Bool {
    guard url.pathExtension.lowercased() == "csv" else { return false }
    return try LabelTable.has(columns: columns, in: url)
  }

  static func set(of url: URL) throws(RecordingError) -> LabelledSet {
    let folder = url.deletingLastPathComponent()
    let table = try LabelTable(url, columns: columns)
    let classNames = classNames(of: table, at: url)
    let classes = Dictionary(uniqueKeysWithValues: zip(classNames ?? [], 0...))
    var order: [URL] = []
    var names: [URL: String] = [:]
    var trials: [URL: TrialRows] = [:]
    var largest = -1
    for row in table.rows {
      guard let path = table.text("path", of: row) else {
        throw table.refusal(row, "a row without a path")
      }
      let recording = URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL
      if trials[recording] == nil {
        guard RecordingNames.isFile(recording) else {
          throw table.refusal(row, "no such file: \(path)")
        }
        order.append(recording)
        names[recording] = path
      }
      let label = try table.text("label", of: row).map { text throws(RecordingError) in
        guard let label = classNames == nil ? Int(text) : classes[text],
          (0..<LabelledSet.mostClasses).contains(label)
        else { throw table.refusal(row, "the label is \(text), the limit is 0..<2^20") }
        return label
      }
      largest = max(largest, label ?? -1)
      let stretch = LabelledStretch(
        label: label, begin: try table.time("start_us", of: row),
        end: try table.time("end_us", of: row))
      try trials[recording, default: TrialRows()].add(stretch, row, of: table)
    }
    var recordings: [LabelledRecording] = []
    for recording in order {
      recordings.append(
        LabelledRecording(
          path: recording.path, name: names[recording] ?? recording.lastPathComponent,
          stretches: try trials[recording, default: TrialRows()].stretches(of: table)))
    }
    return LabelledSet(
      path: url.path, classNames: classNames ?? (0..<largest + 1).map(String.init),
      recordings: recordings)
  }

  /// The names of the classes; nothing if labels are numbers.
  private static func classNames(of table: LabelTable, at url: URL) -> [String]? {
    let own = labels(of: table)
    guard !own.allSatisfy(isNumber) else { return nil }
    var names = own
    for part in RecordingNames.parts(beside: url) {
      if let more = try? LabelTable(part, columns: columns) { names.formUnion(labels(of: more)) }
    }
    return names.sorted()
  }

  private static func isNumber(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty
      && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func labels(of table: LabelTable) -> Set<String> {
    Set(table.rows.compactMap { table.text("label", of: $0) })
  }
}
