extension Network {
  /// All numbers that later learning depends on, by name: weights, fixed feedback, the optimiser's moments, running rates.
  /// For reading; weights may be copies.
  var persistentTensors: [(name: String, matrix: RowMatrix<Scalar>)] {
    connections.map { ($0.name, $0.weights) } + otherTensors
  }

  /// The same for writing, which ``carryOver()`` comes before.
  var storedTensors: [(name: String, matrix: RowMatrix<Scalar>)] {
    connections.map { ($0.name, $0.stored) } + otherTensors
  }

  private var otherTensors: [(name: String, matrix: RowMatrix<Scalar>)] {
    var tensors: [(name: String, matrix: RowMatrix<Scalar>)] = []
    for (index, layer) in layers.enumerated() {
      let name = index == 0 ? "hidden" : "hidden\(index + 1)"
      if let feedback = layer.feedback { tensors.append(("\(name).feedback", feedback)) }
      tensors.append(("\(name).rate", regularisers[index].rate.matrix))
    }
    if configuration.loss.kind == .enhancedCount {
      tensors.append(("loss.ratio", spikeRatio.matrix))
    }
    return tensors + optimiser.tensors
  }

  /// Takes over what ``persistentTensors`` gave. What only another way to learn would have left (an optimiser's moments,
  /// fixed feedback, a running ratio) is as in a fresh network where it is missing.
  ///
  /// - Throws: ``ConfigurationError`` for a tensor that is missing or of another size; nothing has changed then.
  func restore(
    updates: Int, learnedTrials: Int, tensor: (String) -> Safetensors.Tensor?
  ) throws(ConfigurationError) {
    let tensors = storedTensors
    let isWhole = tensors.allSatisfy { tensor($0.name) != nil }
    let fresh = isWhole ? nil : try Network(configuration, inputs: input.stored.rows)
    try RowMatrix.restore(
      tensors.filter { isNeeded($0.name) || tensor($0.name) != nil }, from: tensor,
      beforeWriting: carryOver)
    for (mine, theirs) in zip(tensors, fresh?.persistentTensors ?? [])
    where tensor(mine.name) == nil {
      mine.matrix.contents = theirs.matrix.contents
    }
    noteStoredAnew()
    optimiser.updates = updates
    resume(learnedTrials: learnedTrials)
    collapseGuard?.keep(self)
  }
}

extension Network {
  /// Whether a tensor is the model's own, and not what one way to learn or another leaves.
  func isNeeded(_ name: String) -> Bool {
    name.hasSuffix(".rate") || connections.contains { $0.name == name }
  }
}

extension RowMatrix {
  /// Fills matrices from the tensors of the same names.
  ///
  /// - Throws: ``ConfigurationError`` for a tensor that is missing or of another shape; no matrix has changed then.
  static func restore(
    _ matrices: [(name: String, matrix: RowMatrix<Scalar>)],
    from tensor: (String) -> Safetensors.Tensor?, beforeWriting: () -> Void = {}
  ) throws(ConfigurationError) {
    var contents: [[Scalar]] = []
    for (name, matrix) in matrices {
      guard let found = tensor(name), let numbers = found.floats else {
        throw ConfigurationError("the checkpoint has no tensor \(name)")
      }
      guard numbers.count == matrix.rows * matrix.columns else {
        throw ConfigurationError(
          "the checkpoint's \(name) has \(numbers.count) numbers, the configuration asks for "
            + "\(matrix.rows)x\(matrix.columns)")
      }
      contents.append(numbers.map { Scalar($0) })
    }
    beforeWriting()
    for (index, (_, matrix)) in matrices.enumerated() { matrix.contents = contents[index] }
  }
}
