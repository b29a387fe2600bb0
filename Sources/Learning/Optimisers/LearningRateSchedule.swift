import Events

/// How the learning rate changes with the number n of trials that were learned from.
///
/// With R the learning rate, W the trials of warmup, T those of the fall and f the final part:
///
///     n < W   rate = R (n + 1) / W
///     n >= W  rate = R fall(x)        x = min(1, (n - W) / T)
///
///     constant     fall(x) = 1
///     linear       fall(x) = 1 - (1 - f) x
///     exponential  fall(x) = f^x
///     cosine       fall(x) = f + (1 - f) (1 + cos(pi x)) / 2
///
/// So the first trial after the warmup has the whole rate, and from trial W + T on it is f R. The cosine is that of
/// Loshchilov and Hutter 2017 (equation 5) without restarts. The rate has the same bits on every machine.
public struct LearningRateSchedule: Equatable, Sendable {
  /// R, what the parts are parts of.
  public var learningRate: Double
  public var shape: LearnerConfiguration.Schedule.Shape
  /// T, learned trials from the whole rate to the final one.
  public var trials: Int
  /// f, the final rate as a part of the learning rate.
  public var final: Double
  /// W, learned trials over which the rate rises first.
  public var warmup: Int

  public init(
    learningRate: Double, shape: LearnerConfiguration.Schedule.Shape = .constant,
    trials: Int = 10000, final: Double = 0.05, warmup: Int = 0
  ) {
    self.learningRate = learningRate
    self.shape = shape
    self.trials = trials
    self.final = final
    self.warmup = warmup
  }

  public init(_ optimiser: LearnerConfiguration.Optimiser) {
    let schedule = optimiser.schedule
    self.init(
      learningRate: optimiser.learningRate, shape: schedule.shape, trials: schedule.trials,
      final: schedule.final, warmup: schedule.warmup)
  }

  /// The rate after `learnedTrials` trials.
  public func rate(learnedTrials n: Int) -> Double {
    if n < warmup { return learningRate * (Double(n + 1) / Double(warmup)) }
    guard shape != .constant else { return learningRate }
    let past = n - warmup
    guard past < trials else { return learningRate * final }
    let x = Double(past) / Double(trials)
    switch shape {
    case .constant: return learningRate
    case .linear: return learningRate * (1 - (1 - final) * x)
    case .exponential:
      // The logarithm of 0 is none, and 0^x is 0 but at x = 0.
      guard final > 0 else { return past == 0 ? learningRate : 0 }
      return learningRate * Double.exponential(x * Double.logarithm(final))
    case .cosine:
      return learningRate * (final + (1 - final) * ((1 + portableCosine(halfTurns: x)) / 2))
    }
  }
}
