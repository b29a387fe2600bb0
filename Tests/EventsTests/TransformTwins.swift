import Events

/// What each transform means, event by event and without a thought of speed: the fast ones must agree.
enum TransformTwin {
  static func apply(
    _ transform: EventTransform, to events: [Event], of sensor: SensorGeometry
  ) -> [Event] {
    switch transform {
    case .crop(let x, let y, let size): return crop(events, x, y, size)
    case .centerCrop(let size):
      let x = (sensor.width - size.width) / 2
      let y = (sensor.height - size.height) / 2
      return crop(events, x, y, size)
    case .downsample(.squares(let side), let time):
      return map(events, time) { ($0 / side, $1 / side) }
    case .downsample(.spatialFactor(let factor), let time):
      return map(events, time) { (Int(Double($0) * factor), Int(Double($1) * factor)) }
    case .downsample(.targetSize(let size), let time):
      return map(events, time) {
        ($0 * size.width / sensor.width, $1 * size.height / sensor.height)
      }
    case .flipLR: return map(events) { (sensor.width - 1 - $0, $1) }
    case .flipUD: return map(events) { ($0, sensor.height - 1 - $1) }
    case .flipPolarity: return events.map { Event(t: $0.t, x: $0.x, y: $0.y, on: !$0.on) }
    case .mergePolarities: return events.map { Event(t: $0.t, x: $0.x, y: $0.y, on: false) }
    case .dropEvent(let probability, let seed):
      var random = SplitMix64(seed: seed)
      return events.filter { _ in random.nextUniform() >= probability }
    case .dropPixel(let pixels):
      return events.filter { event in
        !pixels.contains { $0.x == Int(event.x) && $0.y == Int(event.y) }
      }
    case .hotPixels(let rule, let stretch): return hotPixels(events, rule, stretch, sensor)
    case .refractoryPeriod(let delta, let since):
      var kept: [Event] = []
      for (index, event) in events.enumerated() {
        let before = since == .any ? events[..<index] : kept[...]
        let last = before.last { $0.x == event.x && $0.y == event.y }
        if last.map({ event.t - $0.t > delta }) ?? true { kept.append(event) }
      }
      return kept
    case .denoise(let filterTime):
      return events.indices.filter { index in
        let event = events[index]
        return [(-1, 0), (1, 0), (0, -1), (0, 1)].contains { dx, dy in
          let last = events[..<index].last {
            Int($0.x) == Int(event.x) + dx && Int($0.y) == Int(event.y) + dy
          }
          return last.map { event.t - $0.t < filterTime } ?? false
        }
      }.map { events[$0] }
    case .timeSkew(let coefficient, let offset):
      return map(events, coefficient, offset) { ($0, $1) }
    }
  }

  /// The sensor that comes out.
  static func output(_ transform: EventTransform, of sensor: SensorGeometry) -> SensorGeometry {
    switch transform {
    case .crop(_, _, let size), .centerCrop(let size), .downsample(.targetSize(let size), _): size
    case .downsample(.squares(let side), _):
      SensorGeometry(
        width: (sensor.width + side - 1) / side, height: (sensor.height + side - 1) / side)
    case .downsample(.spatialFactor(let factor), _):
      SensorGeometry(
        width: Int(Double(sensor.width - 1) * factor) + 1,
        height: Int(Double(sensor.height - 1) * factor) + 1)
    default: sensor
    }
  }

  private static func crop(
    _ events: [Event], _ x: Int, _ y: Int, _ size: SensorGeometry
  ) -> [Event] {
    map(
      events.filter {
        (x..<x + size.width).contains(Int($0.x)) && (y..<y + size.height).contains(Int($0.y))
      }
    ) { ($0 - x, $1 - y) }
  }

  private static func map(
    _ events: [Event], _ coefficient: Double = 1, _ offset: Int64 = 0,
    _ place: (Int, Int) -> (Int, Int)
  ) -> [Event] {
    events.map { event in
      let (x, y) = place(Int(event.x), Int(event.y))
      let time = Int64((Double(event.t) * coefficient).rounded(.down)) + offset
      return Event(t: time, x: UInt16(x), y: UInt16(y), on: event.on)
    }
  }

  private static func hotPixels(
    _ events: [Event], _ rule: EventTransform.HotPixels, _ stretch: Int64, _ sensor: SensorGeometry
  ) -> [Event] {
    let end = (events.first?.t ?? 0) + stretch
    let quiet = events.prefix { $0.t < end }
    var counts = Array(repeating: 0, count: sensor.width * sensor.height)
    func pixel(_ event: Event) -> Int { Int(event.y) * sensor.width + Int(event.x) }
    for event in quiet { counts[pixel(event)] += 1 }
    let hot: Set<Int>
    switch rule {
    case .frequency(let frequency):
      hot = Set(counts.indices.filter { Double(counts[$0]) > frequency * Double(stretch) * 1e-6 })
    case .top(let number):
      let order = counts.indices.sorted { counts[$0] > counts[$1] }  // stable
      hot = Set(order.filter { counts[$0] > 0 }.prefix(number))
    }
    return quiet + events[quiet.count...].filter { !hot.contains(pixel($0)) }
  }
}
