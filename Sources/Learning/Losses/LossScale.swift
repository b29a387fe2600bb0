/// What losses take from a configuration, with times in steps.
struct LossScale {
  /// Number of classes.
  let classes: Int
  /// What the label's output should reach, as configured.
  let target: Double
  /// What the other outputs should reach, as configured.
  let other: Double
  /// Expected length of a trial, H, in steps; at least one.
  let horizon: Double
  /// One step in units of the loss's time constant, dt / tau.
  let stepOverTau: Double
  /// What pushes a silent target in each step.
  let noSpikeTarget: Double
  private let microsecondsPerStep: Double

  init(_ configuration: LearnerConfiguration) {
    let loss = configuration.loss
    let microseconds = Double(configuration.stepMicroseconds)
    classes = configuration.classes
    target = loss.target
    other = loss.other
    horizon = max(1, loss.trial * 1000 / microseconds)
    stepOverTau = microseconds / (1000 * loss.tau)
    noSpikeTarget = configuration.gradient.noSpikeTarget
    microsecondsPerStep = microseconds
  }

  /// What output `index` should reach under `label`: a potential or a number of spikes.
  @inline(__always)
  func wanted(_ index: Int, _ label: Int) -> Double { index == label ? target : other }

  /// The step, counted from 0, in which output `index` should first spike under `label`.
  @inline(__always)
  func wantedStep(_ index: Int, _ label: Int) -> Double {
    wanted(index, label) * 1000 / microsecondsPerStep
  }

  /// The part of a count's target that is due at the end of `step`, counted from 0.
  @inline(__always)
  func due(in step: Int) -> Double { min(1, Double(step + 1) / horizon) }
}
