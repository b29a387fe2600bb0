extension NetworkState {
  /// How many numbers the state consists of: membranes, traces, summed gradients, and lists of spikes and rows as long as
  /// they are now. It is what a checkpoint writes of a stream, and does not grow with the length of a trial.
  public var keptNumbers: Int {
    matrices.reduce(0) { $0 + $1.matrix.rows * $1.matrix.columns }
      + lists.reduce(0) { $0 + $1.values.count }
  }
}
