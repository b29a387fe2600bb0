import Events

/// Watches over learning without knowing labels, and puts right what went wrong:
///
/// - An update whose gradient is far larger than those of the recent past is not made. (The limit follows the largest norm,
///   which halves in 500 updates; a mean would be next to nothing once most trials are known.) After `patience` of them in
///   a row, such gradients are taken for normal.
/// - Weights and the optimiser's memory go back to their last good copy where a gradient or a weight is not finite, where the
///   weights' norm has grown too much since that copy, or where the mean rate of a hidden layer leaves its range. Membranes,
///   traces and summed gradients of all streams begin anew then.
/// - Each time the learning rate is halved, once for gradients refused in a row; it doubles again over `recovery` good looks.
///
/// With `update: step` there is no gradient to look at: weights and rates are looked at when a trial ends.
///
/// The copy takes as much memory as the weights and the optimiser. It is made every `copyEvery` good looks, later by as many at
/// most where rates are on the move; so much learning is lost. A collapse that takes longer to show is copied too. What the
/// guard does depends on the stream only.
public final class CollapseGuard<Scalar: LearningScalar> {
  /// Incidents that wait to be taken; more are counted only.
  static var mostWaiting: Int { 64 }
  /// Gradients that have to be known before one can be too large.
  static var leastGradients: Int { 20 }
  /// The largest gradient fades by this with each update.
  static var fading: Double { 0.9986146661010289 }
  /// The learning rate is not made smaller than this part of it.
  static var leastFactor: Double { 0x1p-20 }

  let settings: LearnerConfiguration.CollapseGuard
  /// How much the rate recovers with each good look.
  let growth: Double
  /// What the learning rate is multiplied by.
  public internal(set) var rateFactor = 1.0
  /// What was found, by reason.
  public internal(set) var counts: [GuardIncident.Reason: Int] = [:]
  /// Updates, or trials, since the last look.
  var sinceLook = 0
  /// Good looks since the last copy.
  var goodLooks = 0
  /// Gradients refused in a row.
  var refusals = 0
  var gradients = RecentGradients()
  var copy: GoodCopy
  private var waiting: [GuardIncident] = []

  /// The largest norm of the recent past.
  struct RecentGradients: Codable, Equatable {
    var largest = 0.0
    var count = 0
  }

  /// Where learning can go back to.
  struct GoodCopy {
    var tensors: [[Scalar]] = []
    var updates = 0
    /// Of all weights.
    var norm = 0.0
    var gradients = RecentGradients()
  }

  init(_ network: Network<Scalar>) {
    settings = network.configuration.collapseGuard
    growth = Double.exponential(Double.logarithm(2) / Double(settings.recovery))
    copy = network.goodCopy(gradients: RecentGradients())
  }

  /// Everything found since this was last called; of very many the first.
  public func takeIncidents() -> [GuardIncident] {
    defer { waiting.removeAll() }
    return waiting
  }

  func halveRate() { rateFactor = max(Self.leastFactor, rateFactor / 2) }

  func note(_ incident: GuardIncident) {
    counts[incident.reason, default: 0] += 1
    if waiting.count < Self.mostWaiting { waiting.append(incident) }
  }

  /// Makes the present the last good state.
  func keep(_ network: Network<Scalar>) {
    copy = network.goodCopy(gradients: gradients)
    goodLooks = 0
  }
}
