extension Network {
  /// A network with the weights, the optimiser's memory and the running rates of another one, in this precision.
  public convenience init<Other: LearningScalar>(
    _ other: Network<Other>
  ) throws(ConfigurationError) {
    try self.init(other.configuration, inputs: other.input.weights.rows)
    for (mine, theirs) in zip(persistentTensors, other.persistentTensors) {
      mine.matrix.contents = theirs.matrix.contents.map { Scalar($0) }
    }
    for layer in layers { layer.noteNewFeedback() }
    optimiser.updates = other.updates
    resume(learnedTrials: other.learnedTrials)
  }
}
