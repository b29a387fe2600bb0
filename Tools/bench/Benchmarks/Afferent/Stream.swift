import Events

/// A second of events of N-MNIST's density: 34x34 pixels, 13 events a millisecond around a point that moves.
enum Stream {
  static let geometry = SensorGeometry.nmnist
  static let classes = 10

  static let events: EventBatch = {
    var random = SplitMix64(seed: 1)
    func pixel(_ place: Double) -> UInt16 { UInt16(min(max(place.rounded(), 0), 33)) }
    return EventBatch(
      (0..<13_000).map { index in
        let t = Int64(index) * 1_000_000 / 13_000
        let along = Double(t % 200_000) / 200_000
        return Event(
          t: t, x: pixel(6 + 22 * along + 3 * random.nextGaussian()),
          y: pixel(17 + 5 * random.nextGaussian()), on: random.nextUniform() < 0.5)
      })
  }()

  /// The addresses of each of its steps of 1 ms, ascending.
  static let steps: [[Int32]] = {
    var sets = [Set<Int32>](repeating: [], count: 1000)
    for event in (0..<events.count).map({ events[$0] }) {
      sets[Int(event.t / 1000)].insert(geometry.address(x: event.x, y: event.y, on: event.on))
    }
    return sets.map { $0.sorted() }
  }()
}
