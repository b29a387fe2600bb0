/// A network that learns trials one by one along one kind of gradient, and is then tested on others.
struct CurveJob: ExperimentJob {
  typealias Outcome = CurveOutcome

  /// Where the gradient comes from.
  enum Method: String, Codable, CaseIterable, Sendable {
    /// The engine sums the forward rule's, step by step.
    case engine
    /// The reference computes the same terms in double precision.
    case forward
    /// Backpropagation through time.
    case backward

    var title: String {
      switch self {
      case .engine: "forward rule (engine)"
      case .forward: "forward rule (reference)"
      case .backward: "backpropagation through time"
      }
    }
  }

  var gradient: GradientCase
  var method: Method
  var rate: Double
  /// Trials learned, each once.
  var learned: Int
  /// Trials tested on.
  var tested: Int
  /// Whether the tested trials are those that follow the learned ones, as where rates are chosen; otherwise they are
  /// unseen ones of the test's part.
  var isChoice: Bool
  var seed: UInt64

  var name: String {
    "\(isChoice ? "rate \(rate), " : "")\(method.rawValue), \(gradient.depth) hidden"
  }

  private enum CodingKeys: String, CodingKey {
    case gradient, method, rate, learned, tested, seed
    case isChoice = "choice_of_rate"
  }
}

struct CurveOutcome: Codable, Sendable {
  /// Trials between two points of the curve.
  var interval: Int
  /// Share of the trials of each interval that were predicted before they were learned.
  var progressive: [Double]
  /// On trials that were not learned.
  var accuracy: Double
  /// Of hidden neurons, a tested trial.
  var spikes: Double
  /// What learning took of a core.
  var seconds: Double

  private enum CodingKeys: String, CodingKey {
    case interval, progressive, accuracy, spikes
    case seconds = "learning_cpu_s"
  }
}
