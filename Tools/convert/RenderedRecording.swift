import Events
import Foundation
import ToolSupport

/// A recording on its way into a picture: its sensor and times are known, its events come in chunks, transformed.
struct RenderedRecording {
  let path: String
  /// The sensor after the transforms.
  let geometry: SensorGeometry
  /// What is drawn, in microseconds.
  let span: Range<Int64>
  private let chain: TransformChain

  /// Reads the recording for its sensor and times, and once more where transforms or disorder change them.
  init(
    path: String, geometry: SensorGeometry?, transforms: TransformOptions, from: Int64?, to: Int64?
  ) throws {
    self.path = path
    let summary = try RecordingSummary(path: path, geometry: geometry)
    chain = try transforms.chain(SensorGeometry(width: summary.width, height: summary.height))
    self.geometry = chain.output
    var times: ClosedRange<Int64>?
    if let first = summary.firstTime, let last = summary.lastTime, summary.timeReversals == 0,
      chain.isEmpty
    {
      times = first...last
    } else {
      try Self.read(path, chain) { batch in
        guard let first = batch.t.min(), let last = batch.t.max() else { return }
        times = min(first, times?.lowerBound ?? first)...max(last, times?.upperBound ?? last)
      }
    }
    guard let times else { throw PictureError.noEvents }
    let (begin, end) = (from ?? times.lowerBound, to ?? (times.upperBound &+ 1))
    guard begin < end else { throw PictureError.noEvents }
    span = begin..<end
  }

  /// Gives the events to `body`, in chunks.
  func read(_ body: (EventBatch) throws -> Void) throws {
    try Self.read(path, chain, body)
  }

  private static func read(
    _ path: String, _ chain: TransformChain, _ body: (EventBatch) throws -> Void
  ) throws {
    let reader = try RecordingReader(path: path)
    let bar = FileProgress(path)
    defer { bar.finish() }
    var chain = chain
    var batch = EventBatch()
    while try reader.read(into: &batch) {
      try chain.apply(to: &batch)
      try body(batch)
      batch.removeAll()
      bar.update(reader.offset, of: reader.fileSize)
    }
  }
}

/// A file that is there only when it is complete.
final class OutputFile {
  private let target: URL
  private let part: URL
  private let handle: FileHandle
  private var isClosed = false

  init(_ path: String) throws {
    target = URL(filePath: path)
    part = target.appendingPathExtension("part")
    guard FileManager.default.createFile(atPath: part.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: part.path)
    else { throw RecordingError.file(path: path, reason: "cannot be written") }
    self.handle = handle
  }

  deinit { if !isClosed { try? FileManager.default.removeItem(at: part) } }

  func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  func close() throws {
    try handle.close()
    if FileManager.default.fileExists(atPath: target.path) {
      try FileManager.default.removeItem(at: target)
    }
    try FileManager.default.moveItem(at: part, to: target)
    isClosed = true
  }
}
