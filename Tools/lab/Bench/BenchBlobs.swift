import Events

/// Four discs that move in front of a sensor of 128x128 pixels and bounce off its sides, with events at their edges, and
/// noise all over: a million events a second, for two seconds.
enum BenchBlobs {
  static let geometry = SensorGeometry(width: 128, height: 128)
  static let length: Int64 = 2_000_000
  /// Messages that the stream comes in.
  static let chunks = 200
  private static let perMillisecond = 1000
  private static let noise = 0.1

  private struct Disc {
    var x: Double
    var y: Double
    var radius: Double
    /// Pixels a millisecond.
    var speed: (x: Double, y: Double)

    mutating func move() {
      (x, y) = (x + speed.x, y + speed.y)
      if x < radius || x > 127 - radius { speed.x = -speed.x }
      if y < radius || y > 127 - radius { speed.y = -speed.y }
    }

    /// An event at its edge: ON in front, OFF behind.
    func event(at time: Int64, _ random: inout SplitMix64) -> Event {
      // A direction without sine and cosine: a normal point, scaled to the circle.
      let (u, v) = (random.nextGaussian(), random.nextGaussian())
      let norm = max((u * u + v * v).squareRoot(), 1e-9)
      let distance = radius + random.nextGaussian()
      func pixel(_ place: Double) -> UInt16 { UInt16(min(max(place.rounded(), 0), 127)) }
      return Event(
        t: time, x: pixel(x + u / norm * distance), y: pixel(y + v / norm * distance),
        on: u * speed.x + v * speed.y > 0)
    }
  }

  /// The whole stream, cut into messages of 10 ms.
  static func stream() -> [EventBatch] {
    var random = SplitMix64(seed: 1, stream: 0x3000)
    var discs = (0..<4).map { index in
      Disc(
        x: 24 + 26 * Double(index), y: 40 + 50 * random.nextUniform(),
        radius: 6 + 3 * Double(index),
        speed: (x: 0.3 * random.nextUniform() - 0.15, y: 0.3 * random.nextUniform() - 0.15))
    }
    return (0..<chunks).map { chunk in
      var batch = EventBatch()
      batch.reserveCapacity(10 * perMillisecond)
      for millisecond in 0..<10 {
        for index in discs.indices { discs[index].move() }
        for event in 0..<perMillisecond {
          let time = Int64(chunk * 10 + millisecond) * 1000 + Int64(event)
          if random.nextUniform() < noise {
            batch.append(
              t: time, x: UInt16(random.nextInteger(below: 128)),
              y: UInt16(random.nextInteger(below: 128)), on: random.nextUniform() < 0.5)
          } else {
            batch.append(discs[event % discs.count].event(at: time, &random))
          }
        }
      }
      return batch
    }
  }
}
