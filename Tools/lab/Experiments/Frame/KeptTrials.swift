import Events

/// The trials of a source, kept in four bytes an event, for those that come again and again.
struct KeptTrials: TrialSource {
  let geometry: SensorGeometry
  private let trials: [Kept]

  private struct Kept {
    var packed: [UInt32]
    var label: UInt8
    var duration: Int64
  }

  /// Makes all trials on all cores.
  ///
  /// - Parameter progress: what a bar is called that shows how far it is; without it there is none.
  init(_ source: some TrialSource, progress: String? = nil) throws {
    geometry = source.geometry
    guard geometry.addressCount <= 1 << 13 else {
      throw ExperimentError("a sensor of \(geometry) pixels has too many addresses to keep trials")
    }
    let geometry = geometry
    let none = Kept(packed: [], label: 0, duration: 0)
    trials = try Workers.run(
      source.count, threads: Workers.cores, progress: progress,
      into: [Kept](repeating: none, count: source.count),
      make: { number in
        let trial = try source.trial(number)
        guard let label = UInt8(exactly: trial.label) else {
          throw ExperimentError("trial \(number) has the class \(trial.label), the limit is 255")
        }
        return Kept(
          packed: try Self.pack(trial.events, geometry, number), label: label,
          duration: trial.duration)
      }, take: { $0[$1] = $2 })
  }

  var count: Int { trials.count }

  func trial(_ index: Int) -> MemoryTrial {
    var events = EventBatch()
    let kept = trials[index]
    let words = kept.packed
    events.reserveCapacity(words.count)
    let pixels = UInt32(geometry.width * geometry.height)
    let width = UInt32(geometry.width)
    for word in words {
      let address = word & 0x1FFF
      let pixel = address >= pixels ? address - pixels : address
      events.append(
        t: Int64(word >> 13), x: UInt16(pixel % width), y: UInt16(pixel / width),
        on: address >= pixels)
    }
    return MemoryTrial(events: events, label: Int(kept.label), duration: kept.duration)
  }

  /// 19 bits of microseconds above 13 of the address; a trial is shorter than 524 ms.
  private static func pack(
    _ events: EventBatch, _ geometry: SensorGeometry, _ number: Int
  ) throws -> [UInt32] {
    try events.indices.map { index in
      let event = events[index]
      guard (0..<1 << 19).contains(event.t) else {
        throw ExperimentError("trial \(number) has an event at \(event.t) us, the limit is 524287")
      }
      let address = geometry.address(x: event.x, y: event.y, on: event.on)
      return UInt32(event.t) << 13 | UInt32(address)
    }
  }
}
