/// Sorts the events of a stream into steps: step k takes the events with `origin + k dt <= t < origin + (k+1) dt`.
///
/// A step is a set of addresses: an address counts once however often its pixel fired. Sets are handed on in
/// ascending order, so a step does not depend on how its events were ordered or cut into messages.
struct Stepper {
  let dt: Int64
  /// Begin of the open step in stream time; nothing before the first event and after an end.
  private(set) var openStep: Int64?
  private var active: AddressSet

  init(dt: Int64, addresses: Int) {
    self.dt = dt
    active = AddressSet(addresses: addresses)
  }

  /// Opens a step that begins at `time`; an open one is discarded.
  mutating func start(at time: Int64) {
    discard()
    openStep = time
  }

  /// Addresses in the open step, in the order of their arrival.
  var pending: [Int32] { active.members }

  /// Takes over an open step and what is in it.
  mutating func restore(openStep: Int64?, pending: [Int32]) {
    discard()
    self.openStep = openStep
    for address in pending { insert(address) }
  }

  /// Adds an address to the open step.
  @inline(__always)
  mutating func insert(_ address: Int32) { active.insert(address) }

  /// Adds many addresses to the open step.
  mutating func insert(_ addresses: UnsafeBufferPointer<Int32>) { active.insert(addresses) }

  /// Closes the open step and opens the next one.
  mutating func close(_ body: ([Int32]) -> Void) {
    guard let begin = openStep else { return }
    active.sort()
    body(active.members)
    active.removeAll()
    openStep = begin + dt
  }

  /// Forgets the open step.
  mutating func discard() {
    active.removeAll()
    openStep = nil
  }
}
