/// The output spikes of a trial, which a first run leaves for losses that are known at its end.
public final class OutputRecord {
  /// Most numbers that a record may stand for, steps times classes. Longer trials are not recorded to their end.
  public static let largest = 1 << 22

  /// Number of outputs.
  public let classes: Int
  /// Steps so far, T.
  public private(set) var steps = 0
  /// Number of spikes of each output.
  public private(set) var counts: [Int32]
  /// Whether no step has been refused.
  public private(set) var isComplete = true
  private(set) var first: FirstSpikes
  /// The outputs of all spikes, step by step.
  private var outputs: [Int32] = []
  /// For every step the number of spikes before it, and their number so far.
  private var starts: [Int32] = [0]

  public init(classes: Int) {
    precondition(classes > 0, "a record of \(classes) classes")
    self.classes = classes
    counts = [Int32](repeating: 0, count: classes)
    first = FirstSpikes(classes: classes)
  }

  /// A trial begins.
  public func reset() {
    steps = 0
    isComplete = true
    for index in counts.indices { counts[index] = 0 }
    first.reset()
    outputs.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// Takes a step in: the outputs that spiked in it, ascending.
  ///
  /// - Returns: whether there was room; the record is incomplete from the first step without.
  @discardableResult
  public func append(spikes: some Sequence<Int32>) -> Bool {
    guard isComplete, (steps + 1) * classes <= Self.largest else {
      isComplete = false
      return false
    }
    for index in spikes {
      precondition(index >= 0 && Int(index) < classes, "a spike of output \(index)")
      counts[Int(index)] += 1
    }
    first.note(spikes, in: steps)
    outputs.append(contentsOf: spikes)
    starts.append(Int32(outputs.count))
    steps += 1
    return true
  }

  /// The outputs that spiked in `step`, counted from 0, ascending.
  public func spikes(in step: Int) -> ArraySlice<Int32> {
    precondition(step >= 0 && step < steps, "step \(step) of \(steps)")
    return outputs[Int(starts[step])..<Int(starts[step + 1])]
  }

  /// The step of the first spike of output `index`, counted from 0, or nothing for a silent output.
  public func firstSpike(of index: Int) -> Int? {
    first.step[index] < 0 ? nil : Int(first.step[index])
  }
}
