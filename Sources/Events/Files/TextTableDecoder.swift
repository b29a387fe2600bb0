/// Reads the lines of a text with an event in each.
struct TextTableDecoder: Sendable {
  var table: TextTable
  /// Where the first event may begin in the file.
  var begin: Int
  /// Lines up to here, where they are counted: not behind a place that was sought.
  private var lines: Int?

  /// - Parameter lines: lines before `begin`.
  init(_ table: TextTable, begin: Int, lines: Int) {
    (self.table, self.begin, self.lines) = (table, begin, lines)
  }

  /// As ``RecordingDecoder/decode(_:at:isLast:into:)``.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
  ) throws(RecordingError) -> Int {
    if let end = bytes.lastIndex(of: TextScanner.lineEnd) {
      let whole = UnsafeRawBufferPointer(rebasing: bytes[...end])
      try read(whole, at: offset, into: &batch)
      return whole.count
    }
    guard bytes.count < TextTable.longestLine else { throw tooLong(at: offset, line: lines) }
    guard isLast, !bytes.isEmpty else { return 0 }
    // The last line may lack its end.
    let line = Array(bytes) + [TextScanner.lineEnd]
    var failure: RecordingError?
    line.withUnsafeBytes { line in
      do throws(RecordingError) {
        try read(line, at: offset, into: &batch)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes.count
  }

  /// Reads lines of which the last one has its end.
  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, into batch: inout EventBatch
  ) throws(RecordingError) {
    let text = bytes.bindMemory(to: UInt8.self)
    guard let start = text.baseAddress else { return }
    let end = start + text.count
    let table = self.table
    var scanner = TextScanner(start)
    var read = 0
    var failure: RecordingError?
    table.columns.withUnsafeBufferPointer { fields in
      // One more: what a line without an event leaves behind.
      batch.append(upTo: text.count / TextTable.shortestEvent + 1) { columns in
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        var count = 0
        while scanner.place < end {
          let line = scanner.place
          let found = table.read(
            &scanner, columns: fields, &t[count], &x[count], &y[count], &on[count])
          let isShort = scanner.place - line < TextTable.longestLine
          if case .event = found, isShort { count += 1 }
          if case .bad(let part) = found {
            failure = malformed(
              TextTable.reason(part), at: offset + (scanner.place - start), line: read)
            break
          }
          guard isShort else {
            failure = tooLong(at: offset + (line - start), line: lines.map { $0 + read })
            break
          }
          scanner.place += 1
          read += 1
        }
        columns.count = count
      }
    }
    if let failure { throw failure }
    lines = lines.map { $0 + read }
  }

  private func malformed(_ reason: String, at offset: Int, line: Int) -> RecordingError {
    let place = lines.map { "line \($0 + line + 1): " } ?? ""
    return .malformed(path: nil, offset: offset, reason: place + reason)
  }

  private func tooLong(at offset: Int, line: Int?) -> RecordingError {
    let place = line.map { "line \($0 + 1): " } ?? ""
    return .malformed(
      path: nil, offset: offset,
      reason: place + "a line of more than \(TextTable.longestLine) bytes")
  }

  /// As ``RecordingDecoder/seek(to:in:)``: lines are halved, where times never go back, until little is left to be read.
  mutating func seek(to time: Int64, in file: RecordingFile) throws(RecordingError) -> Int? {
    guard let size = file.size else { return nil }
    lines = nil
    var (low, high) = (begin, size)
    while high - low > 4 * TextTable.longestLine {
      let middle = low + (high - low) / 2
      guard let (place, found) = try firstEvent(after: middle, in: file) else { break }
      if found < time { low = place } else { high = middle }
    }
    return low
  }

  /// Where the first line with an event begins behind the line at `offset`, and its time; nothing if none is near.
  private func firstEvent(
    after offset: Int, in file: RecordingFile
  ) throws(RecordingError) -> (place: Int, time: Int64)? {
    let bytes = try file.read(4 * TextTable.longestLine, at: offset)
    var ends = bytes.indices.filter { bytes[$0] == TextScanner.lineEnd }[...]
    while let before = ends.popFirst(), let end = ends.first {
      if let event = table.event(in: Array(bytes[before + 1...end])) {
        return (offset + before + 1, event.t)
      }
    }
    return nil
  }
}
