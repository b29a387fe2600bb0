/// The two losses of counts in a batch, as the published program has them: n is first limited, the class's to its target from
/// above and the others' to theirs from below, and
///
///     d = (n - n*) / T        L = T/2 sum d^2
///     counting             dL/dt = -m d        at each spike
///     enhanced counting    dL/dt = -m d / n    at each spike
///
/// m is 1, but max(R / 10, 1) for the class; R is the ratio of the others' limited counts to the class's over the batch.
struct TimedLoss {
  private(set) var value = 0.0
  /// By trial and class.
  private var times: [[Double]] = []

  init(_ settings: TimedSettings, counts: [[Int]], labels: [Int]) {
    let limited = zip(counts, labels).map { counts, label in
      counts.enumerated().map { k, n in
        k == label ? min(Double(n), settings.target) : max(Double(n), settings.other)
      }
    }
    var (mine, others) = (1e-5, 1e-5)
    for (n, label) in zip(limited, labels) {
      mine += n[label]
      others += n.reduce(0, +) - n[label]
    }
    let factor = max(others / mine / 10, 1)
    let length = Double(settings.steps)
    for (n, label) in zip(limited, labels) {
      times.append(
        n.enumerated().map { k, n in
          let d = (n - (k == label ? settings.target : settings.other)) / length
          value += length / 2 * d * d
          let time = -d * (k == label ? factor : 1)
          guard settings.loss == .enhancedCount else { return time }
          return n > 0 ? time / n : 0
        })
    }
  }

  /// dL/dt of a spike of output `k` in a trial of the batch.
  func time(of k: Int, in trial: Int) -> Double { times[trial][k] }
}
