import Events
import Testing

@Suite struct EventMergerTests {
  private typealias Piece = EventMerger.Piece

  private static let plenty = 1 << 30

  /// Events of one source: about one in 5 us, sometimes several of one time; the row tells the source.
  private static func events(
    _ source: Int, _ count: Int, _ random: inout SplitMix64, from begin: Int64 = 0
  ) -> [Event] {
    var time = begin
    return (0..<count).map { index in
      time += Int64(random.nextInteger(below: 10))
      return Event(t: time, x: UInt16(index % 8), y: UInt16(source), on: index % 3 == 0)
    }
  }

  /// The dense twin: all events, those of one time in the order of the sources and as they were sent.
  private static func sorted(_ sources: [[Event]]) -> [Event] {
    sources.joined().enumerated().sorted { ($0.element.t, $0.offset) < ($1.element.t, $1.offset) }
      .map(\.element)
  }

  private static func given(_ pieces: [Piece]) -> [Event] {
    pieces.flatMap { piece -> [Event] in
      guard case .events(let batch) = piece else { return [] }
      return batch.indices.map { batch[$0] }
    }
  }

  /// Sends each source's events in messages of random sizes, in a random order of arrival.
  private static func run(
    _ sources: [[Event]], _ merger: inout EventMerger, _ random: inout SplitMix64
  ) -> [Piece] {
    var pieces: [Piece] = []
    var sent = sources.map { _ in 0 }
    while let open = sources.indices.filter({ sent[$0] < sources[$0].count }).randomElement(
      using: &random)
    {
      let size = min(1 + random.nextInteger(below: 40), sources[open].count - sent[open])
      let message = EventBatch(sources[open][sent[open]..<sent[open] + size])
      pieces += merger.add([.events(message)], from: open)
      sent[open] += size
    }
    return pieces
  }

  @Test(arguments: 1...4)
  func theJoinedStreamIsAllEventsSorted(_ count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    for _ in 0..<5 {
      let sources = (0..<count).map { Self.events($0, 500, &random) }
      var merger = EventMerger(columns: sources.map { _ in 0 }, byteLimit: Self.plenty)
      var pieces = Self.run(sources, &merger, &random)
      for index in sources.indices { pieces += merger.add([.end(100_000)], from: index) }
      #expect(Self.given(pieces) == Self.sorted(sources))
      #expect(pieces.last == .end(100_000) && merger.waiting == 0 && merger.overflows == 0)
      // No event is older than a watermark before it.
      var watermark = Int64.min
      for piece in pieces {
        switch piece {
        case .events(let batch): #expect(batch.t.allSatisfy { $0 >= watermark })
        case .watermark(let time): watermark = time
        default: break
        }
      }
      #expect(watermark > 1000)
    }
  }

  @Test func disorderWithinTheWindowIsPutRight() {
    var random = SplitMix64(seed: 9)
    let ordered = (0..<2).map { Self.events($0, 2000, &random) }
    // Each event up to 50 us too late.
    let sources = ordered.map { events in
      events.map { ($0, $0.t + Int64(random.nextInteger(below: 50))) }
        .enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
        .map(\.element.0)
    }
    #expect(sources != ordered)
    var merger = EventMerger(columns: [0, 0], disorder: 50, byteLimit: Self.plenty)
    var pieces = Self.run(sources, &merger, &random)
    for index in 0...1 { pieces += merger.add([.end(nil)], from: index) }
    #expect(Self.given(pieces) == Self.sorted(sources))
    #expect(pieces.last == .end(nil))
  }

  @Test func sourcesSideBySideMoveToTheRight() {
    var merger = EventMerger(columns: [0, 8], byteLimit: Self.plenty)
    let event = Event(t: 5, x: 3, y: 1, on: true)
    #expect(merger.add([.events(EventBatch([event]))], from: 1).isEmpty)
    let pieces = merger.add([.events(EventBatch([event])), .watermark(6)], from: 0)
    // The second source may still have events at 5 us.
    #expect(pieces == [.watermark(5)])
    let rest = merger.add([.watermark(6)], from: 1)
    #expect(Self.given(rest) == [event, Event(t: 5, x: 11, y: 1, on: true)])
  }

  @Test func aWatermarkIsAsGoodAsAnEvent() {
    var merger = EventMerger(columns: [0, 0], byteLimit: Self.plenty)
    var random = SplitMix64(seed: 3)
    let events = Self.events(0, 100, &random)
    #expect(merger.add([.events(EventBatch(events))], from: 0).isEmpty)
    let half = events[50].t
    let pieces = merger.add([.watermark(half)], from: 1)
    #expect(Self.given(pieces) == events.filter { $0.t < half })
    #expect(pieces.last == .watermark(half))
  }

  // MARK: - Silence

  @Test func aSilentSourceHoldsNobodyUp() {
    var merger = EventMerger(columns: [0, 0], allowance: 30, byteLimit: Self.plenty)
    func event(_ time: Int64, _ source: UInt16) -> Piece {
      .events(EventBatch([Event(t: time, x: 0, y: source, on: true)]))
    }
    // The second one has not begun at all.
    #expect(merger.add([event(10, 0), event(100, 0)], from: 0).isEmpty)
    #expect(Self.given(merger.silence(of: 1)).map(\.t) == [10])
    #expect(Self.given(merger.add([event(131, 0)], from: 0)).map(\.t) == [100])
    // It returns, not later than the allowance, and counts again.
    #expect(Self.given(merger.add([event(101, 1)], from: 1)).isEmpty)
    #expect(Self.given(merger.add([event(500, 0)], from: 0)).isEmpty)
    #expect(Self.given(merger.add([event(400, 1)], from: 1)).map(\.t) == [101, 131])
    // Its time is told by the wall clock.
    #expect(Self.given(merger.silence(of: 1, watermark: 480)).map(\.t) == [400])
  }

  // MARK: - Ends and beginnings

  @Test func recordingsAreJoinedOneByOne() {
    var random = SplitMix64(seed: 17)
    let recordings = (0..<4).map { _ in (0..<2).map { Self.events($0, 60, &random) } }
    // The one source may be recordings ahead of the other.
    var merger = EventMerger(columns: [0, 0], byteLimit: Self.plenty)
    var pieces: [Piece] = []
    for source in 0...1 {
      for (index, recording) in recordings.enumerated() {
        pieces += merger.add(
          [
            .labels([StreamLabel(t: 0, label: index)]), .events(EventBatch(recording[source])),
            .end(1000 + Int64(source)),
          ], from: source)
      }
    }
    let parts = pieces.split { if case .end = $0 { true } else { false } }
    #expect(parts.map { Self.given(Array($0)) } == recordings.map(Self.sorted))
    #expect(pieces.count { $0 == .end(1001) } == 4 && merger.waiting == 0)
    // Labels do not run ahead into an earlier recording.
    for (index, part) in parts.enumerated() {
      for case .labels(let labels) in part { #expect(labels.map(\.label) == [index]) }
    }
  }

  @Test func aClockThatGoesBackWaitsForTheOthers() {
    func event(_ time: Int64) -> Piece {
      .events(EventBatch([Event(t: time, x: 0, y: 0, on: true)]))
    }
    var merger = EventMerger(columns: [0, 0], byteLimit: Self.plenty)
    // Where nothing has been, nothing begins anew.
    #expect(merger.add([.restart, event(1000)], from: 0).isEmpty)
    #expect(merger.add([event(1001)], from: 1) == [.watermark(1000)])
    let first = merger.add([.restart, event(5)], from: 0)
    #expect(Self.given(first).map(\.t) == [1000])
    let second = merger.add([.restart, event(6)], from: 1)
    #expect(Self.given(Array(second.prefix { $0 != .restart })).map(\.t) == [1001])
    #expect(second.contains(.restart) && second.last == .watermark(5))
    #expect(Self.given(merger.add([.watermark(10)], from: 0)).map(\.t) == [5])
  }

  @Test func aSourceThatRejoinsAfterItsEndGoesOn() {
    func event(_ time: Int64) -> Piece {
      .events(EventBatch([Event(t: time, x: 0, y: 0, on: true)]))
    }
    var merger = EventMerger(columns: [0, 0], byteLimit: Self.plenty)
    _ = merger.add([event(10), .end(11)], from: 0)
    #expect(Self.given(merger.add([event(20), event(30)], from: 1)).map(\.t) == [10, 20])
    merger.rejoin(0)
    #expect(Self.given(merger.add([event(40)], from: 0)).isEmpty)
    #expect(Self.given(merger.add([event(41)], from: 1)).map(\.t) == [30])
    #expect(Self.given(merger.add([event(50)], from: 0)).map(\.t) == [40])
  }

  // MARK: - Bounds

  @Test func whatWaitsIsBounded() {
    var random = SplitMix64(seed: 23)
    let limit = 1000
    var merger = EventMerger(
      columns: [0, 0], byteLimit: limit * EventMerger.bytesPerEvent)
    let events = Self.events(0, 20_000, &random)
    var pieces: [Piece] = []
    for first in stride(from: 0, to: events.count, by: 100) {
      pieces += merger.add([.events(EventBatch(events[first..<first + 100]))], from: 0)
      #expect(merger.waiting <= limit)
    }
    #expect(merger.overflows > 10)
    // The other one is late now, and held back by nobody.
    let late = Event(t: 0, x: 1, y: 1, on: true)
    let rest = merger.add([.events(EventBatch([late]))], from: 1)
    #expect(Self.given(rest) == [late])
    pieces += merger.add([.end(nil)], from: 1)
    pieces += merger.add([.end(nil)], from: 0)
    #expect(Self.given(pieces) == events)
  }

  @Test func noBoundaryIsWaitedForWithoutEnd() {
    var merger = EventMerger(columns: [0, 0], byteLimit: 100 * EventMerger.bytesPerEvent)
    var ends = 0
    for number in 0..<1000 {
      let event = Event(t: Int64(number % 10), x: 0, y: 0, on: true)
      let pieces = merger.add(
        [.events(EventBatch([event])), .labels([StreamLabel(t: 0, label: 1)]), .end(nil)], from: 0)
      ends += pieces.count { $0 == .end(nil) }
      #expect(merger.waiting <= 100)
    }
    #expect(ends > 900 && merger.overflows > 900)
  }
}
