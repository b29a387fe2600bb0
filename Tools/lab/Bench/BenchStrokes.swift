import Events

/// Recordings of N-MNIST's shape: the stroke of a class, moved by three saccades of 100 ms.
///
/// Events lie on the stroke with a scatter of 0.8 pixels; in each saccade their times are normal around 45 ms. Polarity
/// follows the side of the stroke, with 15 % of them flipped. Only additions, multiplications and square roots take
/// part, so the events are the same on every machine.
struct BenchStrokes {
  static let length: Int64 = 300_000
  static let classes = 10
  private static let points = 120

  var events = 4000
  var seed: UInt64 = 1
  private let motions: [(x: Double, y: Double)] = [(1, 1.6), (1, -1.6), (-2, 0)]

  init() {}

  /// The recording of this number.
  func sample(_ index: Int) -> BenchSample {
    var random = SplitMix64(seed: seed, stream: UInt64(index))
    let label = random.nextInteger(below: Self.classes)
    let shift = (x: random.nextGaussian() * 0.7, y: random.nextGaussian() * 0.7)
    let stroke = Self.stroke(of: label, seed: seed)
    var found: [Event] = []
    found.reserveCapacity(events)
    var moved = (x: 0.0, y: 0.0)
    for (saccade, motion) in motions.enumerated() {
      let length = (motion.x * motion.x + motion.y * motion.y).squareRoot()
      let share = saccade < 2 ? events / 3 : events - 2 * (events / 3)
      for _ in 0..<share {
        let time = min(max(45_000 + 20_000 * random.nextGaussian(), 0), 99_999)
        let point = stroke[random.nextInteger(below: stroke.count)]
        let side = random.nextUniform() < 0.5 ? -0.9 : 0.9
        let along = time / 100_000
        let x = point.x + shift.x + moved.x + along * motion.x + side * motion.x / length
        let y = point.y + shift.y + moved.y + along * motion.y + side * motion.y / length
        found.append(
          Event(
            t: Int64(time) + Int64(saccade) * 100_000,
            x: Self.pixel(x + random.nextGaussian() * 0.8),
            y: Self.pixel(y + random.nextGaussian() * 0.8),
            on: (side > 0) != (random.nextUniform() < 0.15)))
      }
      moved = (moved.x + motion.x, moved.y + motion.y)
    }
    // In the order of drawing within a microsecond.
    let order = found.indices.sorted { (found[$0].t, $0) < (found[$1].t, $1) }
    return BenchSample(events: EventBatch(order.map { found[$0] }), label: label)
  }

  private static func pixel(_ place: Double) -> UInt16 {
    UInt16(min(max(place.rounded(), 0), 33))
  }

  /// A smooth curve through the middle of the sensor, the same for all recordings of a class: a quadratic spline over
  /// random points, stretched to a square of 18 pixels.
  private static func stroke(of label: Int, seed: UInt64) -> [(x: Double, y: Double)] {
    var random = SplitMix64(seed: seed, stream: 0x1000 + UInt64(label))
    let knots = (0..<8).map { _ in (x: random.nextGaussian(), y: random.nextGaussian()) }
    let curve = (0..<points).map { index in
      let place = Double(index) / Double(points) * Double(knots.count - 2)
      let knot = Int(place)
      let part = place - Double(knot)
      let (first, last) = ((1 - part) * (1 - part) / 2, part * part / 2)
      let middle = 1 - first - last
      let (a, b, c) = (knots[knot], knots[knot + 1], knots[knot + 2])
      return (
        x: first * a.x + middle * b.x + last * c.x, y: first * a.y + middle * b.y + last * c.y
      )
    }
    func stretched(_ values: [Double]) -> [Double] {
      let (least, most) = (values.min() ?? 0, values.max() ?? 1)
      return values.map { ($0 - least) / max(most - least, 1e-6) * 18 + 8 }
    }
    return zip(stretched(curve.map(\.x)), stretched(curve.map(\.y))).map { (x: $0, y: $1) }
  }
}
