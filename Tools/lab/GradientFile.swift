import Events
import Foundation
import Learning

/// A ``GradientRecord`` as safetensors: tensors of steps by neurons, and what is needed to compute them anew.
struct GradientFile<Scalar: LearningScalar> {
  let network: Network<Scalar>
  let record: GradientRecord<Scalar>
  let label: Int
  let geometry: SensorGeometry

  func contents() throws -> Safetensors {
    Safetensors(tensors: model + input + signals + outputs + gradients, metadata: try metadata())
  }

  private func tensor(_ name: String, _ shape: [Int], _ numbers: [Scalar]) -> Safetensors.Tensor {
    if let doubles = numbers as? [Double] {
      return .init(name: name, shape: shape, doubles: doubles)
    }
    return .init(name: name, shape: shape, floats: numbers.map { Float($0) })
  }

  private func tensor(_ name: String, _ matrix: RowMatrix<Scalar>) -> Safetensors.Tensor {
    tensor(name, [matrix.rows, matrix.columns], matrix.contents)
  }

  private var model: [Safetensors.Tensor] {
    var tensors: [Safetensors.Tensor] = []
    var rates = record.rates[...]
    for (index, layer) in (network.layers + [network.output]).enumerated() {
      let name = record.layers[index].name
      for connection in [layer.input, layer.recurrent, layer.bias].compactMap({ $0 }) {
        tensors.append(tensor("weight.\(connection.name)", connection.weights))
      }
      if record.layers[index].isSpiking {
        tensors.append(
          tensor("threshold.\(name)", [layer.neurons], layer.threshold.weights.contents))
      }
      if let feedback = layer.feedback { tensors.append(tensor("feedback.\(name)", feedback)) }
      guard layer !== network.output else { continue }
      tensors.append(tensor("rate.\(name)", [layer.neurons], Array(rates.prefix(layer.neurons))))
      rates = rates.dropFirst(layer.neurons)
    }
    return tensors
  }

  private var input: [Safetensors.Tensor] {
    let active = record.steps.active
    let steps = active.enumerated().flatMap { step, addresses in addresses.map { _ in Int32(step) }
    }
    let restarts = record.steps.restarts.map { Int32($0) }
    return [
      .init(name: "input.step", shape: [steps.count], integers: steps),
      .init(name: "input.address", shape: [steps.count], integers: Array(active.joined())),
      .init(name: "input.restart", shape: [restarts.count], integers: restarts),
    ]
  }

  private var signals: [Safetensors.Tensor] {
    record.layers.flatMap { layer in
      let shape = [record.steps.active.count, layer.neurons]
      var tensors = [
        tensor("\(layer.name).membrane", shape, layer.membranes),
        tensor("\(layer.name).delta", shape, layer.deltas),
      ]
      if layer.hasSignal {
        tensors.append(tensor("\(layer.name).learning_signal", shape, layer.signals))
      }
      if layer.isSpiking {
        tensors.append(.init(name: "\(layer.name).spikes", shape: shape, floats: layer.spikes))
      }
      return tensors
    }
  }

  private var outputs: [Safetensors.Tensor] {
    let shape = [record.steps.active.count, network.configuration.classes]
    let observed = tensor("output.observed", shape, record.observed)
    if record.timeErrors.isEmpty {
      return [observed, tensor("output.dL_dY", shape, record.errors)]
    }
    return [
      observed, tensor("output.dL_dS", shape, record.errors),
      tensor("output.dL_dt", shape, record.timeErrors),
    ]
  }

  private var gradients: [Safetensors.Tensor] {
    let shapes = Dictionary(
      uniqueKeysWithValues: network.connections.map {
        ($0.name, [$0.weights.rows, $0.weights.columns])
      })
    return record.gradients.map { name, values in
      tensor("gradient.\(name)", shapes[name] ?? [values.count], values)
    }
  }

  private func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var kernels: [String: [String: Double]] = [:]
    for (layer, signals) in zip(network.layers + [network.output], record.layers) {
      kernels[signals.name] = Self.numbers(layer.kernel)
    }
    let configuration = network.configuration
    if configuration.readout.kind == .spiking, configuration.loss.kind.isOfFilteredOutputs {
      kernels["loss"] = Self.numbers(configuration.lossKernel())
    }
    return [
      "format": "afferent-gradient-1", "configuration": try json(configuration),
      "sensor": geometry.description, "label": String(label), "loss": "\(record.loss)",
      "steps": String(record.steps.active.count),
      "dt_ms": "\(Double(configuration.stepMicroseconds) / 1000)", "kernels": try json(kernels),
      "precision": Scalar.self == Double.self ? "F64" : "F32",
      "learned_trials": String(network.learnedTrials),
    ]
  }

  /// Decays and gain, and the kernel's first two values.
  private static func numbers(_ kernel: SynapticKernel<Scalar>) -> [String: Double] {
    [
      "a_I": Double(kernel.currentDecay), "a_V": Double(kernel.membraneDecay),
      "b_V": Double(kernel.scale), "eps_0": Double(kernel.first), "eps_1": Double(kernel.second),
    ]
  }
}
