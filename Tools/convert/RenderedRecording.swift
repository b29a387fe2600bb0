import Events
import Foundation
import ToolSupport

/// A recording on its way into a picture: its sensor and length are known, its events come in chunks, transformed, with
/// times counted from the first.
struct RenderedRecording {
  let path: String
  /// The sensor after the transforms.
  let geometry: SensorGeometry
  /// What is drawn, in microseconds after the first event.
  let span: Range<Int64>
  private let chain: TransformChain
  private let zero: Int64

  /// Times of which none is further from any other than a number can tell.
  private static let times: ClosedRange<Int64> = -(1 << 61)...(1 << 61)

  /// Reads the recording for its sensor and times, and once more where transforms or disorder change them.
  init(
    path: String, geometry: SensorGeometry?, transforms: TransformOptions, from: Int64?, to: Int64?
  ) throws {
    self.path = path
    guard try !RecordingReader(path: path).isPipe else {
      throw RecordingError.file(
        path: path, reason: "a recording to be drawn is read twice, and a pipe but once")
    }
    let bar = FileProgress(path)
    let summary = try RecordingSummary(path: path, geometry: geometry, progress: bar.update)
    bar.finish()
    chain = try transforms.chain(SensorGeometry(width: summary.width, height: summary.height))
    self.geometry = chain.output
    var bounds: ClosedRange<Int64>?
    if chain.isEmpty, summary.timeReversals == 0, let first = summary.firstTime,
      let last = summary.lastTime
    {
      bounds = first...last
    } else {
      try Self.read(path, chain) { batch in
        guard let first = batch.t.min(), let last = batch.t.max() else { return }
        bounds = min(first, bounds?.lowerBound ?? first)...max(last, bounds?.upperBound ?? last)
      }
    }
    guard let bounds else { throw PictureError.noEvents }
    for time in [bounds.lowerBound, bounds.upperBound] where !Self.times.contains(time) {
      throw PictureError.limit(name: "a time in us", value: time, range: Self.times)
    }
    zero = bounds.lowerBound
    let (begin, end) = (from ?? 0, to ?? (bounds.upperBound - zero + 1))
    guard begin < end else { throw PictureError.noEvents }
    span = begin..<end
  }

  /// Gives the events to `body`, in chunks.
  func read(_ body: (EventBatch) throws -> Void) throws {
    try Self.read(path, chain) { batch in
      batch.shift(by: -zero)
      try body(batch)
    }
  }

  private static func read(
    _ path: String, _ chain: TransformChain, _ body: (inout EventBatch) throws -> Void
  ) throws {
    let reader = try RecordingReader(path: path)
    let bar = FileProgress(path)
    defer { bar.finish() }
    var chain = chain
    var batch = EventBatch()
    while try reader.read(into: &batch) {
      try chain.apply(to: &batch)
      try body(&batch)
      batch.removeAll()
      bar.update(reader.offset, of: reader.fileSize)
    }
  }
}
