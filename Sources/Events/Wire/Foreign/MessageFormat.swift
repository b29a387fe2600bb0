/// What the messages look like that arrive on a socket: ours, or those of a publisher that knows nothing of us.
///
/// Messages on `events/<source>/` and `labels/<source>/` are read as ours whatever the format, so that labels can come
/// from elsewhere. Messages of others have neither numbers nor geometry: what is lost of them cannot be counted, and the
/// sensor is taken to be the model's.
public enum MessageFormat: Hashable, Sendable {
  /// `topic | header | payload`, see ``EventMessage``.
  case afferent
  /// samna's, as AEStream reads them: `V | samna8`. The source is called `aestream`.
  case aestream
  /// PyAER's: `<device>/polarity_events | unix time | int64 rows t, x, y, p | {"dtype", "shape"}`. The source is the
  /// device; other data of the device is passed over.
  case pyaer
  /// The array recipe of pyzmq: `{"dtype", "shape"} | buffer`, with or without a topic before them, which names the source.
  case numpy
  /// A frame of records alone, or after a topic, which names the source.
  case bare(WireEncoding)

  /// Prefixes of the topics to subscribe to.
  public var prefixes: [String] { self == .afferent ? Topic.inboundPrefixes : [""] }

  /// Reads the frames of a message.
  ///
  /// - Returns: nothing for a message that is well formed and holds no events, as cameras send besides.
  /// - Throws: ``WireError``; nothing of the message is to be used then.
  public func decode(
    _ frames: [UnsafeRawBufferPointer], limits: EventMessage.Limits
  ) throws(WireError) -> EventMessage? {
    guard self != .afferent, !Self.isOurs(frames) else {
      return try EventMessage.decode(frames, limits: limits)
    }
    guard let first = frames.first else { throw WireError(.frames, "a message without frames") }
    switch self {
    case .afferent: return nil
    case .aestream:
      try expect(2...2, frames)
      guard first.elementsEqual("V".utf8) else { return nil }
      return try message("aestream", frames[1], .samna8, limits)
    case .pyaer: return try PyAERMessage.decode(frames, limits: limits)
    case .numpy:
      try expect(2...3, frames)
      let header = frames[frames.count - 2]
      let array = try NumpyArray(header)
      return try array.message(
        source: frames.count == 3 ? Self.source(first) : "numpy", frames[frames.count - 1], limits)
    case .bare(let encoding):
      try expect(1...2, frames)
      let source = frames.count == 2 ? Self.source(first) : "bare"
      return try message(source, frames[frames.count - 1], encoding, limits)
    }
  }

  private func message(
    _ source: String, _ payload: UnsafeRawBufferPointer, _ encoding: WireEncoding,
    _ limits: EventMessage.Limits
  ) throws(WireError) -> EventMessage {
    let events = try limits.decode(payload, encoding, tBase: 0)
    return .unnumbered(source, encoding, events, limits.geometry)
  }

  private func expect(
    _ count: ClosedRange<Int>, _ frames: [UnsafeRawBufferPointer]
  ) throws(WireError) {
    guard count.contains(frames.count) else {
      let takes =
        count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) or \(count.upperBound)"
      throw WireError(.frames, "\(frames.count) frames; the format \(self) takes \(takes)")
    }
  }

  private static func isOurs(_ frames: [UnsafeRawBufferPointer]) -> Bool {
    guard frames.count >= 2, let first = frames.first else { return false }
    return Topic.inboundPrefixes.contains { first.starts(with: $0.utf8) }
  }

  /// A topic of any kind as the name of a source.
  static func source(_ topic: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: topic.prefix(Topic.longestSource), as: UTF8.self)
    let names = text.split(separator: "/").joined(separator: "_")
    let name = String(
      names.map { Topic.isSource(String($0)) ? $0 : "_" }.prefix(Topic.longestSource))
    return name.isEmpty ? "unnamed" : name
  }
}

extension EventMessage {
  /// Events of a publisher that does not number its messages.
  static func unnumbered(
    _ source: String, _ encoding: WireEncoding, _ events: EventBatch, _ geometry: SensorGeometry
  ) -> EventMessage {
    let header = EventHeader(
      encoding: encoding, sequence: nil, geometry: geometry, count: events.count)
    return .events(source: source, header: header, events: events, labels: [])
  }
}

// MARK: - Text

extension MessageFormat: LosslessStringConvertible, Codable {
  /// Reads `afferent`, `aestream`, `pyaer`, `numpy` or `bare:<encoding>`.
  public init?(_ text: String) {
    switch text {
    case "afferent": self = .afferent
    case "aestream": self = .aestream
    case "pyaer": self = .pyaer
    case "numpy": self = .numpy
    default:
      guard text.hasPrefix("bare:"),
        let encoding = WireEncoding(rawValue: String(text.dropFirst(5))),
        Self.bareEncodings.contains(encoding)
      else { return nil }
      self = .bare(encoding)
    }
  }

  /// Encodings that need no header: their records tell the time by themselves.
  public static let bareEncodings = WireEncoding.allCases.filter {
    $0.keepsTimes && $0 != .mono64
  }

  /// What ``init(_:)`` reads.
  public static let choices =
    "afferent, aestream, pyaer, numpy, or bare:<encoding> with "
    + bareEncodings.map(\.rawValue).joined(separator: ", ")

  public var description: String {
    switch self {
    case .afferent: "afferent"
    case .aestream: "aestream"
    case .pyaer: "pyaer"
    case .numpy: "numpy"
    case .bare(let encoding): "bare:\(encoding.rawValue)"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let format = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "is \"\(text)\"; known: \(Self.choices)")
    }
    self = format
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
