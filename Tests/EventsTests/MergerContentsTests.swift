import Events
import Foundation
import Testing

/// What waits in a merger, taken down and taken up again.
@Suite struct MergerContentsTests {
  private typealias Piece = EventMerger.Piece

  private static func merger() -> EventMerger {
    EventMerger(columns: [0, 8], disorder: 20, byteLimit: 1 << 30)
  }

  /// All kinds of pieces, in random order, on clocks that drift apart.
  private static func pieces(_ count: Int) -> [(source: Int, pieces: [Piece])] {
    var random = SplitMix64(seed: 5)
    var times: [Int64] = [0, 0]
    return (0..<count).map { index in
      let source = random.nextInteger(below: 2)
      times[source] += Int64(random.nextInteger(below: 40))
      let time = times[source]
      switch random.nextInteger(below: 8) {
      case 0: return (source, [.labels([StreamLabel(t: time, label: index, name: "\(index)")])])
      case 1: return (source, [.watermark(time)])
      case 2: return (source, [.end(time + 1)])
      case 3: return (source, [.end(nil)])
      case 4: return (source, [.restart])
      default:
        let events = (0..<5).map {
          Event(t: time + Int64($0), x: UInt16($0), y: UInt16(index % 8), on: $0 % 2 == 0)
        }
        return (source, [.events(EventBatch(events))])
      }
    }
  }

  /// Its contents as a file would bring them back.
  private static func copy(_ contents: EventMerger.Contents) throws -> EventMerger.Contents {
    let text = try JSONEncoder().encode(contents.position)
    return EventMerger.Contents(
      position: try JSONDecoder().decode(EventMerger.Contents.Position.self, from: text),
      kinds: contents.kinds, values: contents.values, events: contents.events)
  }

  @Test func aMergerGoesOnFromAnyPlace() throws {
    var whole = Self.merger()
    var waited = (pieces: 0, events: 0)
    for (source, pieces) in Self.pieces(400) {
      var resumed = Self.merger()
      let contents = whole.contents
      waited = (max(waited.pieces, contents.kinds.count), max(waited.events, contents.events.count))
      let isRestored = resumed.restore(try Self.copy(contents), width: 16, height: 8, classes: 1000)
      #expect(isRestored && resumed.contents == contents && resumed.waiting == whole.waiting)
      let (given, expected) = (resumed.add(pieces, from: source), whole.add(pieces, from: source))
      #expect(given == expected)
    }
    #expect(waited.pieces > 5 && waited.events > 5)
  }

  /// The text goes into the header of a file, whose size has a limit.
  @Test(arguments: [false, true])
  func theTextDoesNotGrowWithWhatWaits(_ isBehindAnEnd: Bool) throws {
    var merger = Self.merger()
    if isBehindAnEnd { _ = merger.add([.end(nil)], from: 0) }
    for index in 0..<2500 {
      let events = (0..<10).map { Event(t: Int64(10 * index + $0), x: 1, y: 1, on: true) }
      _ = merger.add([.events(EventBatch(events)), .watermark(Int64(10 * index))], from: 0)
    }
    let contents = merger.contents
    #expect(contents.events.count == 25_000)
    #expect(contents.kinds.count == (isBehindAnEnd ? 5001 : 0))
    #expect(try JSONEncoder().encode(contents.position).count < 1000)
  }

  @Test func whatDoesNotFitTogetherIsRefused() throws {
    var merger = Self.merger()
    _ = merger.add([.end(nil), .labels([StreamLabel(t: 1, label: 1)]), .watermark(3)], from: 0)
    _ = merger.add([.events(EventBatch([Event(t: 9, x: 1, y: 7, on: true)]))], from: 1)
    let good = merger.contents
    #expect(good.kinds.count == 3 && good.events.count == 1)
    var bad = [good, good, good, good, good, good]
    bad[0].events = EventBatch()
    bad[1].events.append(t: 9, x: 1, y: 1, on: true)
    bad[2].kinds.removeLast()
    bad[3].kinds[0] = 99
    bad[4].values[1] = Int64.min
    bad[5].values[1] = 2
    for contents in bad {
      var other = Self.merger()
      let isRestored = other.restore(contents, width: 16, height: 8, classes: 1000)
      #expect(!isRestored)
      #expect(other.contents == Self.merger().contents)
    }
    var other = Self.merger()
    let sizes = [(16, 7), (9, 8), (16, 8)]
    let fits = sizes.map { other.restore(good, width: $0.0, height: $0.1, classes: 1000) }
    #expect(fits == [false, false, true])
  }
}
