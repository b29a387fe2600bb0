import Events
import Foundation
import Learning
import Reference

/// Compares what the forward rule sums with the gradient of backpropagation through time.
struct CosineRun {
  let job: CosineJob
  let set: TrialSet

  func outcome() throws -> CosineOutcome {
    let begin = ProcessorClock.now
    var configuration = job.gradient.configuration
    configuration.seed = job.seed
    let network = try Network<Float>(configuration, inputs: set.geometry.addressCount)
    var stages = [stage(network)]
    let engineError = try engineError(network)
    if job.learned > 0 {
      let state = network.makeState()
      for index in 0..<job.learned {
        let trial = set.learned.trial(index % set.learned.count)
        let steps = job.gradient.steps(of: trial, geometry: set.geometry)
        network.learnTrial(label: trial.label, in: state) { body in
          for active in steps { body(active) }
        }
      }
      stages.append(stage(network))
    }
    return CosineOutcome(
      stages: stages, engineError: engineError, seconds: ProcessorClock.now - begin)
  }

  private func stage(_ network: Network<Float>) -> CosineOutcome.Stage {
    let reference = ReferenceNetwork(network)
    let count = min(job.compared, set.unseen.count)
    var layers = [Pairs](repeating: Pairs(), count: network.layers.count + 1)
    var (steps, spikes) = (0, 0.0)
    for index in 0..<count {
      let trial = set.unseen.trial(index)
      let input = job.gradient.steps(of: trial, geometry: set.geometry)
      let run = reference.run(input)
      steps += input.count
      spikes += run.spikeCounts.reduce(0, +)
      let target = ReferenceTarget.label(trial.label)
      let forward = reference.gradient(of: run, target: target, terms: .asForward).gradient
      let full = reference.gradient(of: run, target: target, terms: .full).gradient
      let numbers = (forward.layers + [forward.readout]).map(\.numbers)
      let fullNumbers = (full.layers + [full.readout]).map(\.numbers)
      for index in layers.indices { layers[index].add(numbers[index], fullNumbers[index]) }
    }
    return CosineOutcome.Stage(
      layers: layers.map { Pairs.outcome(of: [$0]) },
      hidden: Pairs.outcome(of: Array(layers.dropLast())),
      steps: Double(steps) / Double(max(count, 1)), spikes: spikes / Double(max(count, 1)))
  }

  /// Of the first trial that is compared.
  private func engineError(_ network: Network<Float>) throws -> Double {
    let network = try Network<Double>(network)
    let state = network.makeState()
    let trial = set.unseen.trial(0)
    let input = job.gradient.steps(of: trial, geometry: set.geometry)
    _ = network.sumGradient(label: trial.label, in: state) { body in
      for active in input { body(active) }
    }
    let reference = ReferenceNetwork(network)
    let forward = reference.gradient(
      of: reference.run(input), target: .label(trial.label), terms: .asForward
    ).gradient
    return network.gradients(in: state).map { name, values in
      let expected = forward.numbers(of: name)
      let difference = zip(values, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let square = expected.reduce(0) { $0 + $1 * $1 }
      return square > 0 ? (difference / square).squareRoot() : difference.squareRoot()
    }.max() ?? 0
  }
}

/// Gradients of one part of a network, forward and full, of several trials.
struct Pairs {
  /// Inner products of forward with full, of forward and of full with themselves.
  struct Products {
    var (mixed, forward, full) = (0.0, 0.0, 0.0)

    init() {}

    init(_ a: [Double], _ b: [Double]) {
      for (x, y) in zip(a, b) {
        mixed += x * y
        forward += x * x
        full += y * y
      }
    }

    /// Of two vectors that are put together of others.
    static func + (left: Products, right: Products) -> Products {
      var sum = left
      sum.mixed += right.mixed
      sum.forward += right.forward
      sum.full += right.full
      return sum
    }

    var cosine: Double { mixed == 0 ? 0 : mixed / (forward.squareRoot() * full.squareRoot()) }
    var ratio: Double { (forward / full).squareRoot() }
  }

  /// Of each trial.
  private(set) var products: [Products] = []
  private var sums: (forward: [Double], full: [Double]) = ([], [])

  mutating func add(_ forward: [Double], _ full: [Double]) {
    products.append(Products(forward, full))
    guard !sums.full.isEmpty else {
      sums = (forward, full)
      return
    }
    for index in full.indices {
      sums.forward[index] += forward[index]
      sums.full[index] += full[index]
    }
  }

  /// What parts of a network come to together.
  static func outcome(of parts: [Pairs]) -> CosineOutcome.Layer {
    let trials = (parts.first?.products ?? []).indices.map { index in
      parts.reduce(Products()) { $0 + $1.products[index] }
    }
    // A layer that nothing reaches has no direction.
    let alive = trials.filter { $0.full > 0 }
    let sum = parts.reduce(Products()) { $0 + Products($1.sums.forward, $1.sums.full) }
    return CosineOutcome.Layer(
      cosines: alive.map(\.cosine), ratios: alive.map(\.ratio), summed: sum.cosine)
  }
}
