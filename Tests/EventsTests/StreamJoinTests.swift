import Events
import Testing

@Suite struct StreamJoinTests {
  static let geometry = SensorGeometry(width: 10, height: 10)

  private func append(
    _ join: inout StreamJoin, _ times: [Int64], at arrival: Int64
  ) -> [Int64] {
    var stream = EventBatch()
    let events = EventBatch(times.map { Event(t: $0, x: 1, y: 2, on: true) })
    join.append(events, arrival: arrival, geometry: Self.geometry, to: &stream)
    return stream.t
  }

  @Test func timesOfOneClockStay() {
    var join = StreamJoin()
    #expect(join.end == nil)
    #expect(append(&join, [1_605_537_493_718_345], at: 0) == [1_605_537_493_718_345])
    #expect(append(&join, [1_605_537_493_000_000], at: 1) == [1_605_537_493_000_000])
    #expect(append(&join, [1_605_537_503_000_000], at: 2) == [1_605_537_503_000_000])
    // A sensor that sees nothing for an hour sends nothing for an hour.
    #expect(append(&join, [1_605_541_103_000_000], at: 3_600_000_000) == [1_605_541_103_000_000])
    #expect(join.clocks == 0 && join.end == 1_605_541_103_000_000)
  }

  @Test func aNewClockGoesOnWhereTheOldOneEnded() throws {
    var join = StreamJoin()
    _ = append(&join, [50_000_000, 50_000_100], at: 1000)
    #expect(append(&join, [7, 9], at: 501_000) == [50_500_100, 50_500_102])
    #expect(append(&join, [20], at: 501_010) == [50_500_113])
    #expect(join.clocks == 1)
    // So does one that jumps ahead of all that may have happened.
    #expect(append(&join, [1_605_537_493_718_345], at: 501_020) == [50_500_123])
    #expect(append(&join, [1_605_537_493_718_346], at: 501_020) == [50_500_124])
    #expect(join.clocks == 2)
    // And one at the very ends of all numbers.
    for time: Int64 in [.min, .max, 0, .max, .min + 1] {
      let before = try #require(join.end)
      let after = append(&join, [time], at: 501_030)
      #expect(after.count == 1 && abs(after[0] - before) <= 10)
    }
  }

  @Test func theFirstTimeIsOneToCountFrom() {
    for time: Int64 in [.min, .max, 1 << 61] {
      var join = StreamJoin()
      #expect(append(&join, [time], at: 0) == [0])
    }
  }

  @Test func eventsOutsideAreLeftOut() {
    var join = StreamJoin()
    var stream = EventBatch()
    let events = EventBatch([
      Event(t: 5, x: 9, y: 9, on: true), Event(t: 6, x: 10, y: 0, on: true),
      Event(t: 7, x: 0, y: 10, on: false), Event(t: 90_000_000, x: 0, y: 0, on: false),
      Event(t: .min, x: 0, y: 0, on: false), Event(t: 8, x: 0, y: 0, on: false),
    ])
    join.append(events, arrival: 0, geometry: Self.geometry, to: &stream)
    #expect(stream == EventBatch([events[0], events[5]]))
    #expect(join.outside == 2 && join.damaged == 2)
    join.append(EventBatch(), arrival: 0, geometry: Self.geometry, to: &stream)
    #expect(stream.count == 2)
  }
}
