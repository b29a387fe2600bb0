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

  /// Sensors' times go back by some microseconds now and then: so long after its end a cut is over, in microseconds.
  private static let disorder: Int64 = 1_000_000

  init(_ options: Convert, to format: RecordingFormat) throws {
    self.options = options
    reader = try RecordingReader(path: options.input)
    let sensor = try options.geometry ?? reader.geometry ?? Self.sensor(of: options.input)
    chain = try options.transform.chain(sensor)
    let layout = RecordingLayout(geometry: chain.output, compression: options.compression)
    writer = try RecordingWriter(path: options.output, format: format, layout: layout)
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
    chunk.keep(from: time + Int64(options.fromMs * 1000), to: .max)
    guard chunk.isEmpty else { return true }
    try reader.seek(to: time + Int64(options.fromMs * 1000))
    return false
  }

  /// - Returns: whether nothing that follows is wanted.
  private mutating func take(_ chunk: inout EventBatch) throws -> Bool {
    guard let first else { return false }
    let end = options.toMs.map { first + Int64($0 * 1000) } ?? Int64.max / 2
    let begin = first + Int64(options.fromMs * 1000)
    let isOver = chunk.t.last.map { $0 - end >= max(options.sortUs, Self.disorder) } ?? false
    chunk.keep(from: options.fromMs > 0 ? begin : .min, to: end)
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
    if options.fromZero, zero == nil { zero = batch.t.first }
    if let zero { batch.shift(by: -zero) }
    try writer.write(batch)
  }

  /// The smallest usual sensor that holds all events of a file that does not state its own.
  private static func sensor(of path: String) throws -> SensorGeometry {
    let bar = FileProgress(path)
    defer { bar.finish() }
    let summary = try RecordingSummary(path: path, progress: bar.update)
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
