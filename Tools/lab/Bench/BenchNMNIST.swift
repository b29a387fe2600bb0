/// Recordings of N-MNIST's shape, from lists of events in memory: what peers are compared in.
///
/// `network` is the bare network with its events cut into steps, `stream` all that the engine does with a stream.
struct BenchNMNIST: BenchWorkload {
  func groups(_ settings: BenchSettings) -> [BenchGroup] {
    [(200, false), (200, true), (800, false), (800, true)].map { hidden, isRecurrent in
      let shape = BenchShape(hidden: hidden, isRecurrent: isRecurrent)
      return BenchGroup(
        // Threads do not share smaller layers.
        cases: settings.computes.filter { $0.threads == 1 || hidden >= 256 }
          .flatMap { cases(shape, $0, settings.samples) },
        measuresMemoryApart: true, peerShape: shape)
    }
  }

  private func cases(
    _ shape: BenchShape, _ compute: BenchCompute, _ samples: BenchSamples
  ) -> [BenchCase] {
    var byTrial = shape
    byTrial.learning = .trials
    func pair(_ suffix: String, _ shape: BenchShape, learns: Bool = true) -> [BenchCase] {
      let model = BenchModel(shape, samples, compute)
      var network = BenchCase(
        "nmnist.network\(suffix)/\(shape.name)", shape: shape, compute: compute,
        settling: samples.count
      ) { try BenchNetworkSubject(model, learns: learns) }
      var stream = BenchCase(
        "nmnist.stream\(suffix)/\(shape.name)", shape: shape, compute: compute,
        settling: samples.count
      ) { try BenchStreamSubject(model, learns: learns) }
      (network.isRenewed, stream.isRenewed) = (learns, learns)
      return [network, stream]
    }
    return pair("", shape) + pair(".adam", byTrial) + pair(".predict", shape, learns: false)
  }
}
