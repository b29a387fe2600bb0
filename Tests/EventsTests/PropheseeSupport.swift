import Events
import Testing

/// What every one of Prophesee's formats must stand.
func expectSound<Codec: RecordingCodec>(_ codec: Codec.Type, _ bytes: [UInt8], header: Int) throws {
  let events = try Codec.decode(bytes)
  try expectPiecesAlike(codec, bytes, events)
  for cut in 0..<bytes.count {
    var some = EventBatch()
    do {
      try Codec.decode(bytes[..<cut], into: &some)
    } catch {
      switch error {
      case .truncated(nil, let offset, let left): #expect(offset + left == cut)
      case .unsupported: #expect(cut < header)
      default: Issue.record("cut at \(cut): \(error)")
      }
    }
    let count = min(some.count, events.count)
    #expect(some.count <= events.count)
    #expect((0..<count).allSatisfy { some[$0] == events[$0] }, "cut at \(cut)")
  }
  var random = SplitMix64(seed: 77)
  for _ in 0..<2000 {
    var damaged = bytes
    for _ in 0...random.nextInteger(below: 4) {
      damaged[random.nextInteger(below: damaged.count)] = UInt8(truncatingIfNeeded: random.next())
    }
    damaged.removeLast(random.nextInteger(below: 8))
    var some = EventBatch()
    do { try Codec.decode(damaged, into: &some) } catch {}
    #expect(some.count <= 32 * damaged.count)
    #expect(some.t.allSatisfy { abs($0) < 1 << 62 })
  }
}

/// Random events of a scene: runs along a row, single pixels, and times that mostly grow.
func sceneEvents(
  _ count: Int, width: Int, height: Int, start: Int64 = 0, step: Int64, back: Int64 = 0,
  using random: inout SplitMix64
) -> EventBatch {
  var batch = EventBatch()
  var time = start
  while batch.count < count {
    time += Int64.random(in: 0...step, using: &random)
    if back > 0, random.nextInteger(below: 8) == 0 {
      time = max(start, time - Int64.random(in: 0...back, using: &random))
    }
    let (y, on) = (UInt16(random.nextInteger(below: height)), random.next() & 1 == 1)
    var x = random.nextInteger(below: width)
    let stride = 1 + random.nextInteger(below: 9)
    for _ in 0..<random.nextInteger(below: 3) * 30 + 1 where x < width {
      batch.append(t: time, x: UInt16(x), y: y, on: on)
      x += 1 + random.nextInteger(below: stride)
    }
  }
  return batch
}

/// Appends a batch to an encoder whose file has begun already.
func write(
  _ batch: EventBatch, to encoder: inout some RecordingEncoder, _ bytes: inout [UInt8]
) throws(RecordingError) {
  try encoder.encode(batch, range: batch.indices, into: &bytes)
}

/// The header of a RAW file in the form of older cameras: no geometry, no end.
func oldHeader(_ evt: String) -> [UInt8] {
  Array("% Date 2020-09-25 07:48:31\n% system_ID 21\n% evt \(evt)\n".utf8)
}

/// A time as the upper part of its words tells it, by the rule that a step back of half the range is a start at 0.
struct PlainClock {
  var range: Int64
  var time: Int64 = 0

  mutating func set(_ value: Int64) {
    let last = time % range
    time += value - last
    if last - value >= range / 2 { time += range }
  }
}
