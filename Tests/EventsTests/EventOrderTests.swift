import Events
import Testing

@Suite struct EventOrderTests {
  private func ordered(_ batches: [EventBatch], window: Int64) -> EventBatch {
    var order = EventOrder(window: window)
    var result = EventBatch()
    for batch in batches { result.append(order.take(batch)) }
    result.append(order.finish())
    return result
  }

  @Test func lateEventsFindTheirPlaceWhateverTheBatches() {
    var random = SplitMix64(seed: 8)
    for _ in 0..<50 {
      let sorted = randomEvents(200, step: 20, using: &random)
      // Each event is up to 300 us late: sorted by the time at which it arrives.
      let arrivals = sorted.indices.map {
        (sorted.t[$0] + Int64(random.nextInteger(below: 300)), $0)
      }
      .sorted { $0 < $1 }
      var batches = [EventBatch()]
      for (_, index) in arrivals {
        if random.nextInteger(below: 10) == 0 { batches.append(EventBatch()) }
        batches[batches.count - 1].append(sorted[index])
      }
      let result = ordered(batches, window: 300)
      #expect(result.t == sorted.t)
      let all = Set(sorted.indices.map { sorted[$0] })
      #expect(Set(result.indices.map { result[$0] }) == all)
    }
  }

  @Test func eventsOfOneTimeKeepTheirOrder() {
    let events = EventBatch((0..<50).map { Event(t: 7, x: $0, y: 0, on: true) })
    #expect(ordered([events, events], window: 10).x == events.x + events.x)
  }

  @Test func withoutAWindowAllStaysAsItIs() {
    let events = EventBatch([5, 1, 9, 0].map { Event(t: $0, x: 0, y: 0, on: true) })
    #expect(ordered([events], window: 0) == events)
    #expect(ordered([EventBatch(), events, EventBatch()], window: 100).t == [0, 1, 5, 9])
  }

  @Test func keepsAStretch() {
    var events = EventBatch([5, 1, 9, 0].map { Event(t: $0, x: UInt16($0), y: 0, on: true) })
    events.keep(from: 1, before: 9)
    #expect(events.t == [5, 1] && events.x == [5, 1])
    events.keep(from: .min, before: nil)
    #expect(events.count == 2)
  }
}
