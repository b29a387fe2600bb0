import Foundation

/// Recordings that each go on over several trials, as in DVS-Gesture (Amir et al. 2017): beside `<stem>.aedat` stands
/// `<stem>_labels.csv` with the columns `class`, `startTime_usec` and `endTime_usec`, classes counted from 1.
///
/// `gesture_mapping.csv`, where there is one, names the classes (`action`, `label`).
struct TrialFolder {
  private let folder: URL
  private let recordings: [URL]

  /// The recordings of a folder that have labels beside them.
  init(_ folder: URL) throws(RecordingError) {
    self.folder = folder
    let files = try RecordingNames.contents(of: folder).filter { !$0.hasPrefix(".") }
    let labelled = Set(
      files.filter { $0.hasSuffix(RecordingNames.labelSuffix) }
        .map { String($0.dropLast(RecordingNames.labelSuffix.count)) })
    guard let first = labelled.min() else {
      recordings = []
      return
    }
    let candidates = files.filter {
      RecordingNames.mayBeRecording($0) && labelled.contains(RecordingNames.stem(of: $0))
        && RecordingNames.isFile(folder.appendingPathComponent($0))
    }
    // Notes may have the name of a recording.
    let names = Dictionary(grouping: candidates, by: RecordingNames.stem).values
      .flatMap(RecordingNames.recordings).sorted()
    guard !names.isEmpty else {
      throw .file(
        path: folder.path, reason: "no recording beside \(first)\(RecordingNames.labelSuffix)")
    }
    try RecordingNames.refuseDoubles(among: names, in: folder)
    recordings = names.map { folder.appendingPathComponent($0) }
  }

  /// Whether there is nothing in this form.
  var isEmpty: Bool { recordings.isEmpty }

  func set() throws(RecordingError) -> LabelledSet {
    try Self.set(folder, of: recordings, in: folder)
  }

  /// Whether a file lists recordings, one name a line, as `trials_to_train.txt` does.
  static func recognises(list url: URL) throws(RecordingError) -> Bool {
    guard url.pathExtension.lowercased() == "txt",
      let first = try LabelTable.lines(of: url, onlyBeginning: true).first
    else { return false }
    return RecordingNames.isRecording(URL(fileURLWithPath: first.text).lastPathComponent)
  }

  /// The recordings that a list names.
  static func set(list url: URL) throws(RecordingError) -> LabelledSet {
    let folder = url.deletingLastPathComponent()
    var recordings: [URL] = []
    var lines: [URL: Int] = [:]
    for (line, text) in try LabelTable.lines(of: url) {
      func refusal(_ reason: String) -> RecordingError {
        .file(path: url.path, reason: "line \(line): \(reason)")
      }
      let recording = URL(fileURLWithPath: text, relativeTo: folder).standardizedFileURL
      guard RecordingNames.isFile(recording) else { throw refusal("no such file: \(text)") }
      let labels = RecordingNames.labelFile(of: recording)
      guard RecordingNames.isFile(labels) else {
        throw refusal("no \(labels.lastPathComponent) beside \(text)")
      }
      // A recording and its copy in another format have the same.
      if let before = lines.updateValue(line, forKey: labels) {
        throw refusal("\(text) has the labels of line \(before)")
      }
      recordings.append(recording)
    }
    return try set(url, of: recordings, in: folder)
  }

  /// One recording, with its labels if there are any.
  static func set(recording url: URL) throws(RecordingError) -> LabelledSet {
    if RecordingNames.isFile(RecordingNames.labelFile(of: url)) {
      return try set(url, of: [url], in: url.deletingLastPathComponent())
    }
    let recording = LabelledRecording(
      path: url.path, name: url.lastPathComponent, stretches: [LabelledStretch(label: nil)])
    return LabelledSet(path: url.path, classNames: [], recordings: [recording])
  }

  private static func set(
    _ url: URL, of recordings: [URL], in folder: URL
  ) throws(RecordingError) -> LabelledSet {
    let names = try classNames(in: folder)
    var found: [LabelledRecording] = []
    for recording in recordings {
      found.append(
        LabelledRecording(
          path: recording.path, name: recording.lastPathComponent,
          stretches: try trials(in: RecordingNames.labelFile(of: recording), classes: names?.count))
      )
    }
    let largest = found.flatMap(\.stretches).compactMap(\.label).max() ?? -1
    return LabelledSet(
      path: url.path, classNames: names ?? (0..<largest + 1).map { String($0 + 1) },
      recordings: found)
  }

  private static func trials(
    in url: URL, classes: Int?
  ) throws(RecordingError) -> [LabelledStretch] {
    let columns = ["class", "startTime_usec", "endTime_usec"]
    let table = try LabelTable(url, columns: columns)
    var rows = TrialRows()
    let most = classes ?? LabelledSet.mostClasses
    for row in table.rows {
      guard let text = table.text("class", of: row), let label = Int(text),
        (1...most).contains(label)
      else {
        let value = table.text("class", of: row) ?? ""
        throw table.refusal(row, "the class is \"\(value)\", expected 1 to \(most)")
      }
      guard let begin = try table.time(columns[1], of: row),
        let end = try table.time(columns[2], of: row)
      else { throw table.refusal(row, "a trial without \(columns[1]) or \(columns[2])") }
      try rows.add(LabelledStretch(label: label - 1, begin: begin, end: end), row, of: table)
    }
    return try rows.stretches(of: table)
  }

  private static func classNames(in folder: URL) throws(RecordingError) -> [String]? {
    let file = folder.appendingPathComponent("gesture_mapping.csv")
    guard RecordingNames.isFile(file) else { return nil }
    let table = try LabelTable(file, columns: ["action", "label"])
    var names: [Int: String] = [:]
    for row in table.rows {
      guard let label = table.text("label", of: row).flatMap({ Int($0) }),
        (1...LabelledSet.mostClasses).contains(label)
      else { throw table.refusal(row, "a label that is no number from 1 on") }
      names[label] = table.text("action", of: row)
    }
    return (1..<(names.keys.max() ?? 0) + 1).map { names[$0] ?? String($0) }
  }
}
