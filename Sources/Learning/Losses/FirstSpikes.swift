/// The step of each output's first spike in a trial, counted from 0.
struct FirstSpikes {
  /// -1 for an output that has not spiked.
  var step: [Int32]

  init(classes: Int) {
    step = [Int32](repeating: -1, count: classes)
  }

  /// The step of the first spike of output `index`, `silent` if there was none.
  @inline(__always)
  func time(_ index: Int, silent: Double) -> Double {
    step[index] < 0 ? silent : Double(step[index])
  }

  mutating func note(_ spikes: some Sequence<Int32>, in step: Int) {
    for index in spikes where self.step[Int(index)] < 0 {
      self.step[Int(index)] = Int32(clamping: step)
    }
  }

  mutating func reset() {
    for index in step.indices { step[index] = -1 }
  }
}
