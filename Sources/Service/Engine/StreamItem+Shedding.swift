import Events

extension StreamItem: Sheddable {
  /// Of events nothing but that they were there; labels, the end of a recording and the number of the message stay.
  var essence: StreamItem? {
    guard case .events(let source, var arrival) = self else { return nil }
    if arrival.events.count > 0 {
      arrival.lost.messages += 1
      arrival.lost.events += arrival.events.count
      arrival.events = EventBatch()
    }
    return .events(source: source, arrival)
  }

  /// A checkpoint tells what lies before it, and what comes of one stream stays in its order.
  func mustPrecede(_ later: StreamItem) -> Bool {
    switch self {
    case .mark, .model: true
    case .events(let source, _), .labels(let source, _), .forget(let source):
      if case .events(source, _) = later { true } else { false }
    case .request: false
    }
  }

  mutating func absorb(_ later: StreamItem) -> Bool {
    guard case .events(let source, var arrival) = self,
      case .events(source, let next) = later, arrival.session == next.session,
      arrival.member?.source == next.member?.source, arrival.end == nil, !next.restarted,
      !next.clockWentBack,
      arrival.labels.count + next.labels.count <= Self.mostLabels
    else { return false }
    arrival.sequence = next.sequence ?? arrival.sequence
    arrival.member?.events += next.member?.events ?? 0
    arrival.watermark = [arrival.watermark, next.watermark].compactMap { $0 }.max()
    arrival.labels += next.labels
    arrival.end = next.end
    arrival.lost.messages += next.lost.messages
    arrival.lost.events += next.lost.events
    self = .events(source: source, arrival)
    return true
  }

  /// As many as a stream keeps waiting.
  private static let mostLabels = 4096
}

extension Inbox where Item == StreamItem {
  /// Adds an item, by the policy for times when the engine cannot keep up.
  func push(_ item: StreamItem, bytes: Int = 0, by policy: EngineConfiguration.Overload.Policy) {
    switch policy {
    case .block: push(item, bytes: bytes)
    case .shed: pushShedding(item, bytes: bytes)
    }
  }
}
