/// Spikes evenly spread over the expected length of a trial: spike m of n in step floor((m + 1/2) H / n), m from 0.
///
/// Spikes that share a step are one spike, for more an output cannot do.
struct EvenTrain {
  /// Number of spikes, n.
  private let count: Int
  /// Expected length of a trial in steps, H.
  private let horizon: Double

  /// - Parameter spikes: number of spikes, rounded to a whole number; none below one half.
  init(spikes: Double, horizon: Double) {
    count = Int(min(max(spikes, 0), 1e9).rounded())
    self.horizon = horizon
  }

  /// Whether there is a spike in `step`, counted from 0.
  func spikes(in step: Int) -> Bool {
    guard count > 0 else { return false }
    // The first spike that is not before the step, but for rounding.
    let near = (Double(step) * Double(count) / horizon - 0.5).rounded(.up)
    guard near <= Double(count) else { return false }
    for spike in (Int(near) - 1)...(Int(near) + 1) where spike >= 0 && spike < count {
      if self.step(of: spike) == Double(step) { return true }
    }
    return false
  }

  private func step(of spike: Int) -> Double {
    ((Double(spike) + 0.5) * horizon / Double(count)).rounded(.down)
  }
}
