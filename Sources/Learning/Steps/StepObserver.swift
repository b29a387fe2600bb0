/// Looks on while a ``StreamLearner`` steps along its stream, for people who want to see what the network sees.
///
/// It is told of every step once, in the order of stream time. Steps that are run again for a label that came late are not told
/// again. Without an observer a step costs one comparison more.
public protocol StepObserver: AnyObject {
  /// A step has closed.
  ///
  /// - Parameters:
  ///   - begin: stream time of its begin, microseconds.
  ///   - active: addresses that spiked, each once, ascending; see ``SensorGeometry/address(x:y:on:)``.
  ///   - hidden: neurons of the first hidden layer that spiked, ascending. Both are good during the call only.
  func didStep(
    begin: Int64, active: UnsafeBufferPointer<Int32>, hidden: UnsafeBufferPointer<Int32>)
}
