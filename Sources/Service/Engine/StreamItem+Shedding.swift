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

  mutating func absorb(_ later: StreamItem) -> Bool {
    guard case .events(let source, var arrival) = self,
      case .events(source, let next) = later, arrival.session == next.session,
      arrival.end == nil, !next.restarted,
      arrival.labels.count + next.labels.count <= Self.mostLabels
    else { return false }
    arrival.sequence = next.sequence
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
