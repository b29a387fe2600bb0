import Events

/// The input of a trial, step by step, in two bytes an event.
public struct StepEvents: Sendable, Equatable {
  /// The addresses that spike, in order of steps.
  let addresses: [UInt16]
  /// How many of them spike in each step.
  let counts: [UInt16]

  /// 0 without events.
  let largestAddress: UInt16

  /// - Precondition: addresses are below 65536.
  public init(_ steps: [[Int32]]) {
    addresses = steps.flatMap { $0.map { UInt16($0) } }
    counts = steps.map { UInt16($0.count) }
    largestAddress = addresses.max() ?? 0
  }

  /// Cuts events into `steps` steps of `microseconds` from 0 on; in each step an address spikes at most once, and events
  /// outside all steps are left out.
  ///
  /// - Precondition: the events are in order of time, and inside `geometry`.
  public init(
    _ events: EventBatch, geometry: SensorGeometry, microseconds: Int64, steps: Int
  ) {
    var addresses: [UInt16] = []
    addresses.reserveCapacity(events.count)
    var counts = [UInt16](repeating: 0, count: steps)
    var last = [Int32](repeating: -1, count: geometry.addressCount)
    for index in events.indices {
      let t = events.t[index]
      guard t >= 0, t / microseconds < steps else { continue }
      let step = Int(t / microseconds)
      let address = Int(
        geometry.address(x: events.x[index], y: events.y[index], on: events.on[index]))
      guard last[address] != Int32(step) else { continue }
      last[address] = Int32(step)
      addresses.append(UInt16(address))
      counts[step] += 1
    }
    (self.addresses, self.counts) = (addresses, counts)
    largestAddress = addresses.max() ?? 0
  }

  public var steps: Int { counts.count }
  /// Spikes of all steps.
  public var events: Int { addresses.count }
}
