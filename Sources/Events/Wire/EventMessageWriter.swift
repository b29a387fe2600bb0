/// Writes the messages of one source, with sequence numbers that start at 0.
public struct EventMessageWriter: Sendable {
  /// The form of the header frame.
  public enum HeaderForm: String, Sendable, Codable, CaseIterable {
    case json
    case binary
  }

  public let source: String
  public let geometry: SensorGeometry
  public let encoding: WireEncoding
  public let headerForm: HeaderForm
  /// The number that the next message gets.
  public private(set) var nextSequence: UInt64 = 0

  public init(
    source: String, geometry: SensorGeometry, encoding: WireEncoding = .t32x16y15on1,
    headerForm: HeaderForm = .json
  ) {
    self.source = source
    self.geometry = geometry
    self.encoding = encoding
    self.headerForm = headerForm
  }

  /// The frames of a message with the events of `batch[range]`.
  ///
  /// - Parameters:
  ///   - tBase: stream time that the payload counts from; no event may be older.
  ///   - labels: labels that travel along.
  ///   - watermark: all events before this time have been sent then; the receiver need not wait for the next one.
  /// - Throws: ``WireError`` for an event that the encoding cannot hold, or a time that a header cannot.
  public mutating func events(
    _ batch: EventBatch, range: Range<Int>, tBase: Int64, labels: [StreamLabel] = [],
    watermark: Int64? = nil
  ) throws(WireError) -> [[UInt8]] {
    guard WireEncoding.headerTimes.contains(tBase) else {
      throw WireError(.time, "t_base is \(tBase) us, the limit is +-2^61")
    }
    guard watermark.map(WireEncoding.headerTimes.contains) ?? true else {
      throw WireError(.time, "t_end is \(watermark ?? 0) us, the limit is +-2^61")
    }
    var payload: [UInt8] = []
    try encoding.encode(batch, range: range, tBase: tBase, into: &payload)
    return message(payload, count: range.count, tBase: tBase, labels: labels, tEnd: watermark)
  }

  /// The frames of a message without events: the scene has been still up to `watermark` (exclusive).
  public mutating func stillScene(until watermark: Int64) -> [[UInt8]] {
    message([], count: 0, tBase: watermark, labels: [], tEnd: watermark)
  }

  /// The frames of the message that ends a recording at `tEnd` (exclusive).
  public mutating func endOfRecording(at tEnd: Int64) -> [[UInt8]] {
    message([], count: 0, tBase: tEnd, labels: [], tEnd: tEnd, endsRecording: true)
  }

  private mutating func message(
    _ payload: [UInt8], count: Int, tBase: Int64, labels: [StreamLabel], tEnd: Int64?,
    endsRecording: Bool = false
  ) -> [[UInt8]] {
    let header = EventHeader(
      encoding: encoding, sequence: nextSequence, geometry: geometry, tBase: tBase, count: count,
      endOfRecording: endsRecording, tEnd: tEnd)
    nextSequence += 1
    var frames = [Topic.events(source: source).bytes]
    frames.append(headerForm == .json ? header.json : header.binary(count: count))
    frames.append(payload)
    if !labels.isEmpty { frames.append(StreamLabel.encode(labels)) }
    return frames
  }
}
