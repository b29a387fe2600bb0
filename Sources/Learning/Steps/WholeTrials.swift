/// Trials that are learned as a whole: those whose loss is known at their end, and those that are over.
extension StreamLearner {
  /// Learns the kept events of a whole trial.
  ///
  /// - Returns: its loss; nothing if it was too long to be kept, or had no step.
  func learn(
    _ label: Int, from begin: Int64, to end: Int64, in state: NetworkState<Float>
  ) -> Float? {
    guard begin < end else { return nil }
    guard history.reaches(begin),
      let loss = network.learnTrial(
        label: label, in: state,
        steps: { body in
          history.forEachStep(
            from: begin, to: end, maxGap: maxGap, using: &replayStepper, body: body)
        })
    else {
      counters.trialsTooLong += 1
      return nil
    }
    return loss
  }
}
