/// Row numbers, or neurons, ascending.
typealias Indices = UnsafeBufferPointer<Int32>

/// The neurons of a layer that spiked in one step, ascending, in memory of its own; see ``RowSet`` for why.
final class SpikeList {
  private let list: UnsafeMutablePointer<Int32>
  private let counter: UnsafeMutablePointer<Int>

  init(neurons: Int) {
    list = .allocate(capacity: neurons)
    counter = .allocate(capacity: 1)
    counter.initialize(to: 0)
  }

  deinit {
    list.deallocate()
    counter.deallocate()
  }

  /// To be used before the next change.
  @inline(__always)
  var members: Indices {
    Indices(start: list, count: counter.pointee)
  }

  @inline(__always)
  var count: Int { counter.pointee }

  @inline(__always)
  func append(_ neuron: Int) {
    list[counter.pointee] = Int32(truncatingIfNeeded: neuron)
    counter.pointee += 1
  }

  func removeAll() {
    counter.pointee = 0
  }

  func replace(with neurons: some Sequence<Int32>) {
    counter.pointee = 0
    for neuron in neurons { append(Int(neuron)) }
  }
}

/// A whole number for each neuron of a layer.
final class NeuronCounts {
  let numbers: UnsafeMutablePointer<Int32>
  let count: Int

  init(neurons: Int) {
    count = neurons
    numbers = .allocate(capacity: neurons)
    numbers.initialize(repeating: 0, count: neurons)
  }

  deinit {
    numbers.deallocate()
  }

  func clear() {
    numbers.update(repeating: 0, count: count)
  }

  var contents: [Int32] {
    get { Array(UnsafeBufferPointer(start: numbers, count: count)) }
    set {
      precondition(newValue.count == count)
      for (index, value) in newValue.enumerated() { numbers[index] = value }
    }
  }
}
