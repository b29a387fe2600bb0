import Events
import Learning

/// Joins some sources into one stream, before it reaches the engine's thread.
struct SourceMerge {
  /// The name of the joined stream.
  let name: String
  let members: [String]
  private var merger: EventMerger
  /// How long those have been silent that have not begun.
  private var beforeBegin: QuietTime?
  var overflows: Int { merger.overflows }

  /// - Returns: nothing where no sources are to be joined.
  init?(_ configuration: EngineConfiguration) {
    let live = configuration.live
    guard let name = live.mergedName,
      let width = try? configuration.transformChain().output.width
    else { return nil }
    self.name = name
    members = live.merge
    let step = live.mergePlace == .sideBySide ? width : 0
    merger = EventMerger(
      columns: members.indices.map { UInt16(truncatingIfNeeded: $0 * step) },
      disorder: configuration.learner.stream.reorderWindow,
      allowance: Int64(live.silence) * 1000, byteLimit: configuration.limits.queueBytes)
  }

  private static let prefix = "merge/"
  /// The name of ``part()``.
  var partName: String { Self.prefix + name }

  /// What waits for members, for a checkpoint.
  func part() throws -> CheckpointPart { try CheckpointPart(merger.contents) }

  /// Goes on from what ``part()`` gave, where that is among the parts.
  ///
  /// - Throws: ``ConfigurationError`` for what does not fit the configuration, or ``DecodingError``.
  mutating func restore(
    _ parts: [String: CheckpointPart], seen: SensorGeometry, classes: Int
  ) throws {
    guard let kept = parts.keys.first(where: { $0.hasPrefix(Self.prefix) }) else { return }
    guard let part = parts[partName] else {
      throw ConfigurationError("\(kept): live.merge says \(members.joined(separator: ", ")) now")
    }
    guard let contents = try part.mergerContents(),
      merger.restore(contents, width: seen.width, height: seen.height, classes: classes)
    else {
      throw ConfigurationError("merge: what waited does not fit live.merge")
    }
    beforeBegin = QuietTime()
  }

  /// What a message of a member brings to the joined stream; the last of it acknowledges the message.
  ///
  /// A member that was started again while its clock went on simply goes on. Where its clock went back, it waits until the
  /// others end or begin anew as well.
  mutating func take(
    _ message: SourceIntake.Accepted, of source: String, session: Int, at watched: Duration
  ) -> [StreamItem.Arrival] {
    guard let index = members.firstIndex(of: source) else { return [] }
    if beforeBegin == nil {
      beforeBegin = QuietTime()
      beforeBegin?.end(at: watched)
    }
    var pieces: [EventMerger.Piece] = []
    if message.clockWentBack {
      pieces.append(.restart)
    } else if message.restarted {
      merger.rejoin(index)
    }
    if !message.labels.isEmpty { pieces.append(.labels(message.labels)) }
    if !message.events.isEmpty { pieces.append(.events(message.events)) }
    if let watermark = message.watermark { pieces.append(.watermark(watermark)) }
    if let end = message.end { pieces.append(.end(end.time)) }
    let blank = StreamItem.Arrival(session: session, member: .init(source: source, events: 0))
    var arrivals = Self.arrivals(of: merger.add(pieces, from: index), blank: blank)
    if arrivals.isEmpty { arrivals.append(blank) }
    arrivals[arrivals.count - 1].sequence = message.sequence
    arrivals[arrivals.count - 1].member?.events = message.events.count
    return arrivals
  }

  /// What comes of labels on a topic of their own.
  mutating func take(_ labels: [StreamLabel], of source: String) -> [StreamItem.Arrival] {
    let blank = StreamItem.Arrival(session: 0, member: .init(source: source, events: 0))
    guard let index = members.firstIndex(of: source) else {
      return Self.arrivals(of: [.labels(labels)], blank: blank)
    }
    return Self.arrivals(of: merger.add([.labels(labels)], from: index), blank: blank)
  }

  /// What need not wait any longer for members that are silent.
  ///
  /// - Parameter times: how far the wall clock has closed the time of members.
  mutating func hush(
    _ sources: [String: SourceIntake], _ times: [String: Int64], _ watch: SilenceWatch
  ) -> [StreamItem.Arrival] {
    var pieces: [EventMerger.Piece] = []
    for (index, member) in members.enumerated() {
      let isQuiet = sources[member]?.isQuiet(watch) ?? beforeBegin?.isLong(watch) ?? false
      if isQuiet { pieces += merger.silence(of: index, watermark: times[member]) }
    }
    return Self.arrivals(
      of: pieces, blank: .init(session: 0, member: .init(source: "", events: 0)))
  }

  private static func arrivals(
    of pieces: [EventMerger.Piece], blank: StreamItem.Arrival
  ) -> [StreamItem.Arrival] {
    var arrivals: [StreamItem.Arrival] = []
    var current = blank
    var isBlank = true
    func flush() {
      if !isBlank { arrivals.append(current) }
      (current, isBlank) = (blank, true)
    }
    for piece in pieces {
      if case .restart = piece { flush() }
      isBlank = false
      switch piece {
      case .restart: current.clockWentBack = true
      case .labels(let labels): current.labels += labels
      case .events(let events): current.events.append(events)
      case .watermark(let time): current.watermark = max(current.watermark ?? time, time)
      case .end(let time):
        current.end = .init(time: time)
        flush()
      }
    }
    flush()
    return arrivals
  }
}

extension StreamItem.Arrival {
  /// Whether nothing but labels has come.
  var bringsLabelsOnly: Bool {
    events.isEmpty && watermark == nil && end == nil && !clockWentBack
  }
}
