import Events

/// Some trials of a source.
struct ChosenTrials<Source: TrialSource>: TrialSource {
  let source: Source
  /// Their numbers in the source, in their order here.
  let numbers: [Int]

  /// So many of the trials, drawn; all, if no number is said or there are no more.
  init(_ source: Source, drawn count: Int?) {
    self.init(source, numbers: TrialNumbers.drawn(count ?? source.count, of: source.count))
  }

  init(_ source: Source, numbers: [Int]) {
    (self.source, self.numbers) = (source, numbers)
  }

  var geometry: SensorGeometry { source.geometry }
  var count: Int { numbers.count }

  func trial(_ index: Int) throws -> MemoryTrial { try source.trial(numbers[index]) }
}

/// Numbers of trials in a list.
enum TrialNumbers {
  /// `count` of the numbers below `all`, always the same ones, in rising order. They are drawn, for lists may be sorted by
  /// class, and among the images of MNIST each second one is of other writers.
  static func drawn(_ count: Int, of all: Int) -> [Int] {
    var random = SplitMix64(seed: 0, stream: 0)
    return random.permutation(of: all).prefix(count).sorted()
  }
}
