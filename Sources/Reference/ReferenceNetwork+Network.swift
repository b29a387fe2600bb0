import Learning

extension ReferenceNetwork {
  /// The weights and running rates of `network`, in a network that shares nothing else with it.
  public init<Scalar: LearningScalar>(_ network: Network<Scalar>) {
    func numbers(_ matrix: RowMatrix<Scalar>) -> [[Double]] {
      (0..<matrix.rows).map { matrix.copyOfRow($0).map(Double.init) }
    }
    func plain(_ layer: Learning.Layer<Scalar>) -> ReferenceNetwork.Layer {
      ReferenceNetwork.Layer(
        weights: numbers(layer.input.weights),
        recurrent: layer.recurrent.map { numbers($0.weights) },
        bias: layer.bias.map { numbers($0.weights)[0] },
        thresholds: numbers(layer.threshold.weights)[0])
    }
    self.init(
      configuration: network.configuration, layers: network.layers.map(plain),
      readout: plain(network.output),
      feedback: network.layers.map { $0.feedback.map(numbers) ?? [] })
    var all = network.firingRates.map(Double.init)[...]
    for index in layers.indices {
      rates[index] = Array(all.prefix(layers[index].neurons))
      all = all.dropFirst(layers[index].neurons)
    }
    countRatio = Double(network.countRatio)
  }
}

extension ReferenceGradients {
  /// The derivatives of what ``Learning/Network`` calls `name`, row by row.
  public func numbers(of name: String) -> [Double] {
    let parts = name.split(separator: ".")
    let layer = layer(String(parts.first ?? ""))
    return switch parts.last {
    case "recurrent": layer.recurrent?.flatMap { $0 } ?? []
    case "bias": layer.bias
    default: Array(layer.weights.joined())
    }
  }

  private func layer(_ name: String) -> Layer {
    switch name {
    case "readout": readout
    case "input", "hidden": layers[0]
    default: layers[(Int(name.dropFirst("hidden".count)) ?? 1) - 1]
    }
  }
}

extension ReferenceTrial {
  /// The rows of what ``Learning/Network`` calls `name` whose presynaptic neuron spiked in the trial, ascending.
  public func activeRows(of name: String) -> [Int32] {
    let parts = name.split(separator: ".")
    guard let first = parts.first, steps > 0 else { return [] }
    if parts.last == "bias" { return [0] }
    if first == "input" { return Set(input.joined()).sorted() }
    let number = first == "hidden" ? 1 : Int(first.dropFirst("hidden".count)) ?? layers.count + 1
    if parts.last == "recurrent" {
      // The spikes of the last step would act in the next.
      return Self.spiking(layers[number - 1].spikes.dropLast())
    }
    return Self.spiking(layers[number - 2].spikes[...])
  }

  private static func spiking(_ spikes: ArraySlice<[Double]>) -> [Int32] {
    let neurons = spikes.first?.count ?? 0
    return (0..<neurons).filter { j in spikes.contains { $0[j] != 0 } }.map { Int32($0) }
  }
}
