import Events
import Foundation
import ToolSupport

/// One run of `convert`: a chunk at a time is read, cut, ordered, transformed and written.
struct Conversion {
  private let options: Convert
  private let reader: RecordingReader
  private let writer: RecordingWriter
  private var chain: TransformChain
  private var order: EventOrder
  private var summary: ConversionSummary
  /// Stream time of the first event of the input, and of the first that is written.
  private var first: Int64?
  private var zero: Int64?

  init(_ options: Convert, to format: RecordingFormat) throws {
    self.options = options
    reader = try RecordingReader(path: options.input)
    let sensor = try options.geometry ?? reader.geometry ?? Self.sensor(of: reader)
    chain = try options.transform.chain(sensor)
    let layout = RecordingLayout(geometry: chain.output, compression: options.compression)
    writer = try RecordingWriter(
      path: options.output, format: format, layout: layout,
      replaces: options.force)
    order = EventOrder(window: options.sortUs)
    summary = ConversionSummary(
      input: options.input, inputFormat: reader.format, output: options.output,
      outputFormat: format, width: chain.output.width, height: chain.output.height)
  }

  mutating func run() throws -> ConversionSummary {
    let bar = FileProgress(options.input)
    defer { bar.finish() }
    var chunk = EventBatch()
    while try reader.read(into: &chunk) {
      bar.update(reader.offset, of: reader.fileSize)
      guard try begin(&chunk) else { continue }
      let isOver = try take(&chunk)
      chunk.removeAll()
      if isOver { break }
    }
    var rest = order.finish()
    try write(&rest)
    try writer.finish()
    bar.finish()
    summary.written = writer.events
    summary.bytes = writer.size
    return summary
  }

  /// Learns where time begins, and goes to where the cut begins.
  ///
  /// - Returns: whether `chunk` is to be used.
  private mutating func begin(_ chunk: inout EventBatch) throws -> Bool {
    guard first == nil, let time = chunk.t.first else { return true }
    first = time
    guard options.fromMs > 0 else { return true }
    chunk.keep(from: time + Int64(options.fromMs * 1000), before: nil)
    guard chunk.isEmpty else { return true }
    try reader.seek(to: time + Int64(options.fromMs * 1000))
    return false
  }

  /// - Returns: whether nothing that follows is wanted.
  private mutating func take(_ chunk: inout EventBatch) throws -> Bool {
    guard let first else { return false }
    let begin = options.fromMs > 0 ? first + Int64(options.fromMs * 1000) : .min
    var end: Int64?
    if let toMs = options.toMs { end = first + Int64(toMs * 1000) }
    // A single time may be wrong: a cut is over when a whole chunk lies behind it.
    var isOver = false
    if let end, let earliest = chunk.t.min() { isOver = earliest >= end }
    chunk.keep(from: begin, before: end)
    var ready = order.take(chunk)
    try write(&ready)
    return isOver
  }

  private mutating func write(_ batch: inout EventBatch) throws {
    summary.read += batch.count
    do {
      try chain.apply(to: &batch)
    } catch {
      throw ConversionError("\(options.input): \(error); is --geometry right?")
    }
    if chain.isEmpty, options.geometry != nil, let index = batch.firstOutside(chain.output) {
      throw RecordingError.outsideGeometry(
        path: options.input, index: writer.events + index, x: Int(batch.x[index]),
        y: Int(batch.y[index]), geometry: chain.output)
    }
    if options.fromZero, zero == nil { zero = batch.t.first }
    if let zero { batch.shift(by: -zero) }
    do {
      try writer.write(batch)
    } catch {
      guard !options.fromZero, case .notRepresentable(_, _, let field, _, _) = error, field == "t"
      else { throw error }
      throw ConversionError("\(error); --from-zero counts times from the first event")
    }
  }

  /// The smallest usual sensor that holds all events of a file that does not state its own, which is read for it.
  private static func sensor(of reader: RecordingReader) throws -> SensorGeometry {
    guard !reader.isPipe else {
      throw ConversionError(
        "\(reader.path): it does not state its sensor, and a pipe is read but once; say --geometry")
    }
    let bar = FileProgress(reader.path)
    defer { bar.finish() }
    let summary = try RecordingSummary(path: reader.path, progress: bar.update)
    return SensorGeometry(width: summary.width, height: summary.height)
  }
}

/// What a conversion came to.
struct ConversionSummary: Encodable {
  var input: String
  var inputFormat: RecordingFormat
  var output: String
  var outputFormat: RecordingFormat
  var width: Int
  var height: Int
  /// Events of the input within the cut.
  var read = 0
  var written = 0
  var bytes = 0

  private enum CodingKeys: String, CodingKey {
    case input, output, width, height, read, written, bytes
    case inputFormat = "input_format"
    case outputFormat = "output_format"
  }

  var lines: [String] {
    let size = Format.count(bytes)
    return [
      "\(input) (\(inputFormat.rawValue)) -> \(output) (\(outputFormat.rawValue), \(width)x\(height))",
      "  \(Format.count(written)) of \(Format.count(read)) events written, \(size) bytes",
    ]
  }
}
