import Events
import Foundation

/// Kept trials in checkpoints.
extension Rehearsal {
  private struct Position: Codable {
    var random: SplitMix64
    var wasLargest: [Bool]
    var rehearsed: Int
    var skipped: Int
  }

  /// Takes down all that is kept. With the model and its streams, a run goes on from here with the same bits.
  ///
  /// - Throws: the error of the encoder.
  public func part() throws -> CheckpointPart {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = try encoder.encode(
      Position(
        random: random, wasLargest: reservoir.wasLargest, rehearsed: rehearsed, skipped: skipped))
    let items = reservoir.items
    let contents = items.map { $0.element.events.contents }
    let labels = items.map { Int32($0.label) }
    let durations = items.map { $0.element.duration }
    let counts = contents.map { Int32($0.times.count) }
    let times = contents.flatMap(\.times)
    let events = contents.flatMap(\.addresses)
    return CheckpointPart(
      tensors: [
        .init(name: "seen", shape: [reservoir.seen.count], longs: reservoir.seen.map(Int64.init)),
        .init(name: "labels", shape: [labels.count], integers: labels),
        .init(name: "durations", shape: [durations.count], longs: durations),
        .init(name: "counts", shape: [counts.count], integers: counts),
        .init(name: "times", shape: [times.count], longs: times),
        .init(name: "addresses", shape: [events.count], integers: events),
      ], text: String(decoding: text, as: UTF8.self))
  }

  /// Goes on from what ``part()`` gave. If more trials were kept than are to be now, some of the largest classes are dropped.
  ///
  /// - Throws: ``ConfigurationError`` for what is missing or does not fit the configuration; nothing has changed then.
  public func restore(_ part: CheckpointPart) throws(ConfigurationError) {
    let position: Position
    do {
      position = try JSONDecoder().decode(Position.self, from: Data(part.text.utf8))
    } catch {
      throw ConfigurationError("the kept trials cannot be read: \(error)")
    }
    guard let seen = part["seen"]?.longs, let labels = part["labels"]?.integers,
      let durations = part["durations"]?.longs, let counts = part["counts"]?.integers,
      let times = part["times"]?.longs, let events = part["addresses"]?.integers
    else { throw ConfigurationError("the kept trials are not complete") }
    let classes = reservoir.seen.count
    guard seen.count == classes, position.wasLargest.count == classes,
      seen.allSatisfy({ (0...(1 << 60)).contains($0) }),
      labels.allSatisfy({ $0 >= 0 && Int($0) < classes }),
      durations.count == labels.count, counts.count == labels.count,
      durations.allSatisfy({ $0 >= 0 && $0 <= 3_600_000_000 }),
      counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, { $0 + Int($1) }) == times.count,
      times.count == events.count, events.allSatisfy({ $0 >= 0 && Int($0) < addresses }),
      position.rehearsed >= 0, position.skipped >= 0
    else { throw ConfigurationError("the kept trials do not fit the configuration") }
    var items: [(label: Int, element: Trial)] = []
    var first = 0
    for (index, label) in labels.enumerated() {
      let range = first..<first + Int(counts[index])
      first = range.upperBound
      guard times[range].allSatisfy({ $0 >= 0 && $0 < durations[index] }) else {
        throw ConfigurationError("kept trial \(index) has events outside of its time")
      }
      var kept = EventHistory(capacity: range.count)
      kept.restore(times: Array(times[range]), addresses: Array(events[range]), forgotten: nil)
      items.append((Int(label), Trial(duration: durations[index], events: kept)))
    }
    // A class of which fewer came than are kept would be drawn from out of bounds.
    for label in 0..<classes where labels.count(where: { Int($0) == label }) > Int(seen[label]) {
      throw ConfigurationError("of class \(label) more trials are kept than came")
    }
    random = position.random
    reservoir.restore(
      items: items, seen: seen.map(Int.init), wasLargest: position.wasLargest, random: &random)
    (rehearsed, skipped) = (position.rehearsed, position.skipped)
  }
}
