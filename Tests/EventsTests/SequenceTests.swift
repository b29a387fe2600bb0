import Events
import Foundation
import Testing

@Suite struct SequenceTrackerTests {
  private func arrivals(_ numbers: [UInt64]) -> [SequenceTracker.Arrival] {
    var tracker = SequenceTracker()
    return numbers.map { tracker.receive($0) }
  }

  @Test func aPublisherBeginsAnywhere() {
    #expect(arrivals([0, 1, 2]) == [.restart, .next, .next])
    #expect(arrivals([17, 18]) == [.restart, .next])
    #expect(arrivals([.max, 0, 1]) == [.restart, .next, .next])
  }

  @Test func gapsSayHowManyAreMissing() {
    #expect(arrivals([0, 2, 3, 10, 11]) == [.restart, .gap(1), .next, .gap(6), .next])
    #expect(arrivals([5, 5 + 1 << 63]) == [.restart, .gap(1 << 63 - 1)])
    #expect(arrivals([.max - 1, 1]) == [.restart, .gap(2)])
  }

  @Test func lateNumbersAreDuplicates() {
    #expect(
      arrivals([100, 101, 101, 100, 101, 102])
        == [.restart, .next, .duplicate, .duplicate, .duplicate, .next])
    #expect(
      arrivals([.max, .max, 0, .max, 1]) == [.restart, .duplicate, .next, .duplicate, .next])
  }

  @Test func aPublisherThatCountsAnewIsNoticed() {
    #expect(arrivals([100, 101, 37, 38]) == [.restart, .next, .restart, .next])
    // Number 0 always starts a stream, however near.
    #expect(arrivals([0, 1, 0, 1]) == [.restart, .next, .restart, .next])
    #expect(arrivals([1000, 0, 1]) == [.restart, .restart, .next])
  }

  @Test func whatWasMissingMayComeLate() {
    // 12 and 14 were missing; each comes once, and then again.
    #expect(
      arrivals([10, 11, 13, 15, 12, 12, 14, 16, 14])
        == [.restart, .next, .gap(1), .gap(1), .late, .duplicate, .late, .next, .duplicate])
    // What was sent before the first message seen is none of this session's, but of a publisher that counts anew.
    #expect(arrivals([100, 101, 90, 91]) == [.restart, .next, .restart, .next])
  }

  private func fingerprint(_ times: [Int64], tBase: Int64 = 0) -> SequenceTracker.Fingerprint {
    let header = EventHeader(
      encoding: .t64x16y16on8, sequence: 0, geometry: .init(width: 8, height: 8), tBase: tBase)
    return .init(header, EventBatch(times.map { Event(t: $0, x: 0, y: 0, on: true) }))
  }

  /// A publisher that was started again, the first messages of which were lost, is no duplicate of itself.
  @Test func aNumberWithAnotherLookIsOfAnotherSession() {
    var tracker = SequenceTracker()
    for number in UInt64(0)..<50 {
      _ = tracker.receive(number, fingerprint([Int64(number) * 1000, Int64(number) * 1000 + 9]))
    }
    var other = tracker
    #expect(tracker.receive(20, fingerprint([20_000, 20_009])) == .duplicate)
    #expect(tracker.receive(20, fingerprint([20_000, 20_010])) == .restart)
    #expect(tracker.receive(21, fingerprint([21_000, 21_009])) == .next)
    #expect(other.receive(20, fingerprint([20_000, 20_009], tBase: 1)) == .restart)
  }

  /// A number that was missing may be late, or that of another session: then its times lie elsewhere.
  @Test func aLateMessageLiesBetweenItsNeighbours() {
    var tracker = SequenceTracker()
    for number: UInt64 in [0, 1, 2, 5, 6] {
      _ = tracker.receive(number, fingerprint([Int64(number) * 1000]))
    }
    for (time, arrival): (Int64, SequenceTracker.Arrival) in [
      (3000, .late), (9000, .restart), (1, .restart),
    ] {
      var tracker = tracker
      #expect(tracker.receive(3, fingerprint([time])) == arrival)
      #expect(tracker.latest == (arrival == .late ? 6 : 3))
    }
  }

  /// Against a list of everything that came.
  @Test func theLast64AreRemembered() throws {
    var random = SplitMix64(seed: 5)
    var tracker = SequenceTracker()
    var seen: Set<UInt64> = []
    var newest: UInt64 = 999
    var arrivals: [String: Int] = [:]
    for _ in 0..<20_000 {
      let back = UInt64(random.nextInteger(below: 63))
      let number = random.nextUniform() < 0.5 ? newest + 1 + back % 3 : max(1000, newest - back)
      let expected: SequenceTracker.Arrival =
        switch number {
        case _ where seen.isEmpty: .restart
        case newest + 1: .next
        case (newest + 2)...: .gap(number - newest - 1)
        case _ where seen.contains(number): .duplicate
        default: number > seen.min() ?? 0 ? .late : .restart
        }
      let arrival = tracker.receive(number, fingerprint([Int64(number)]))
      try #require(arrival == expected, "\(number) after \(newest)")
      if arrival == .restart { seen = [] }
      newest = arrival == .restart ? number : max(newest, number)
      seen.insert(number)
      arrivals["\(arrival)".prefix(3).description, default: 0] += 1
      if random.nextUniform() < 0.01 {
        tracker = try JSONDecoder().decode(
          SequenceTracker.self, from: JSONEncoder().encode(tracker))
      }
    }
    #expect(arrivals["lat", default: 0] > 1000 && arrivals["dup", default: 0] > 1000)
  }

  @Test func noNumberTraps() {
    var random = SplitMix64(seed: 1)
    let corners: [UInt64] = [
      0, 1, 63, 64, 65, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max,
    ]
    var tracker = SequenceTracker()
    var next = 0
    var largestGap: UInt64 = 0
    for _ in 0..<10_000 {
      let number = corners[random.nextInteger(below: corners.count)]
      if case .gap(let missing) = tracker.receive(number) {
        largestGap = max(largestGap, missing)
      }
      if tracker.receive(number &+ 1) == .next { next += 1 }
    }
    #expect(next > 3000 && largestGap == 1 << 63 - 1)
  }
}

@Suite struct ClockUnwrapperTests {
  static let range: Int64 = 1 << 32

  private func unwrap(_ times: [Int64]) -> [Int64] {
    var clock = ClockUnwrapper()
    return times.map { clock.unwrap($0) }
  }

  @Test func aClockThatDoesNotWrapIsLeftAlone() {
    let times: [Int64] = [0, 10, 9, 500_000, 3_000_000_000, 2_900_000_000, 8_000_000_000]
    #expect(unwrap(times) == times)
    #expect(unwrap([-5, -7, 3]) == [-5, -7, 3])
  }

  @Test func oneWrap() {
    let range = Self.range
    #expect(unwrap([range - 100, 5, 70]) == [range - 100, range + 5, range + 70])
  }

  @Test func clocksOfOtherSizes() {
    for bits in [8, 24, 34, 48] {
      let range: Int64 = 1 << Int64(bits)
      var clock = ClockUnwrapper(bits: bits)
      var time: Int64 = 0
      while time < 10 * range {
        #expect(clock.unwrap(time % range) == time)
        // Late by less than a quarter of the range: no wrap.
        let late = max(0, time - min(range / 5, 50_000_000))
        #expect(clock.unwrap(late % range) == late)
        time += range / 3
      }
    }
  }

  @Test func severalWraps() {
    var clock = ClockUnwrapper()
    var time: Int64 = 0
    while time < 10 * Self.range {
      #expect(clock.unwrap(time % Self.range) == time)
      time += 1_500_000_000
    }
    // A step back by several ranges at once.
    let far = 5 * Self.range
    #expect(unwrap([far, 12, 20]) == [far, far + 12, far + 20])
  }

  @Test func disorderAroundAWrapStaysAroundTheWrap() {
    let range = Self.range
    #expect(
      unwrap([range - 10, 3, range - 4, 6, range - 1, 7, 1])
        == [range - 10, range + 3, range - 4, range + 6, range - 1, range + 7, range + 1])
    var clock = ClockUnwrapper()
    var random = SplitMix64(seed: 8)
    for step in 0..<200_000 {
      // 4 ranges in steps of 86 ms, each up to 50 s late.
      let time = Int64(step) * 86_000 - Int64(random.nextInteger(below: min(50_000_000, step + 1)))
      let place = max(time, 0)
      #expect(clock.unwrap(place % range) == place)
    }
  }

  @Test func smallDisorderIsNoWrap() {
    let half = Self.range / 2
    #expect(unwrap([half, 0, half]) == [half, 0, half])
    #expect(unwrap([half + 1, 0]) == [half + 1, Self.range])
  }

  /// After a wrap, half an hour of silence is still told from an event that is late.
  @Test func longSilenceIsNoDisorder() {
    let range = Self.range
    #expect(
      unwrap([range - 10, 100, 3_000_000_000, 5])
        == [range - 10, range + 100, range + 3_000_000_000, 2 * range + 5])
  }

  @Test func labelsAreOnTheSameClock() {
    var clock = ClockUnwrapper()
    #expect(clock.unwrapped(7) == 7)
    _ = clock.unwrap(Self.range - 10)
    // The label of a trial that begins after the wrap comes before its events.
    #expect(clock.unwrapped(20) == Self.range + 20)
    #expect(clock.unwrapped(Self.range - 500) == Self.range - 500)
    _ = clock.unwrap(30)
    #expect(clock.unwrapped(20) == Self.range + 20)
    #expect(clock.unwrapped(Self.range - 500) == Self.range - 500)
    #expect(clock.unwrap(31) == Self.range + 31)
  }

  /// Many times at once are put where they are put one after the other.
  @Test func batchesAreOnTheSameClock() {
    var random = SplitMix64(seed: 12)
    for scale in [1 << 10, 1 << 28, 1 << 30, 1 << 32, 1 << 40] {
      var (single, together) = (ClockUnwrapper(), ClockUnwrapper())
      for message in 0..<200 {
        let begin = Int64(message) * Int64(scale) / 3
        let times = (0..<random.nextInteger(below: 6)).map { _ in
          (begin + Int64(random.nextInteger(below: scale)))
            % (random.nextUniform() < 0.9 ? Self.range : .max)
        }
        var batch = EventBatch(times.map { Event(t: $0, x: 1, y: 2, on: true) })
        batch.unwrap(&together)
        #expect(batch.t == times.map { single.unwrap($0) })
        #expect(together == single)
      }
    }
  }

  @Test func aClockGoesOnAfterItWasWrittenDown() throws {
    var clock = ClockUnwrapper()
    for time in [Self.range - 5, 3, Self.range - 1, 9] { _ = clock.unwrap(time) }
    let text = try JSONEncoder().encode(clock)
    var again = try JSONDecoder().decode(ClockUnwrapper.self, from: text)
    #expect(again == clock)
    #expect(again.unwrap(10) == Self.range + 10)
    for bad in [#"{"bits":7,"epoch":0}"#, #"{"bits":32,"epoch":-1}"#, "{}"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(ClockUnwrapper.self, from: Data(bad.utf8))
      }
    }
  }

  @Test func extremeTimesDoNotTrap() {
    let corners: [Int64] = [
      .min, .min + 1, -1 << 62, -1 << 61, -1, 0, 1, Self.range - 1, 1 << 61, 1 << 62, .max - 1,
      .max,
    ]
    var random = SplitMix64(seed: 6)
    for _ in 0..<2000 {
      var clock = ClockUnwrapper()
      for _ in 0..<20 {
        let time = corners[random.nextInteger(below: corners.count)]
        let ahead = clock.unwrapped(time)
        let unwrapped = clock.unwrap(time)
        #expect(unwrapped == ahead)
        #expect(abs(unwrapped) <= WireEncoding.timeLimit)
        _ = clock.unwrap(Int64(truncatingIfNeeded: random.next()))
      }
    }
  }
}
