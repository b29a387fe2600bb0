/// A network that learns trials one by one along one kind of gradient, and is then tested on others.
struct CurveJob: ExperimentJob {
  typealias Outcome = CurveOutcome

  /// Where the gradient comes from.
  enum Method: String, Codable, CaseIterable, Sendable {
    /// The engine sums the forward rule's, and its Adam moves the rows that a trial has used.
    case engine
    /// The engine sums the forward rule's; Adam moves all rows, as the textbook has it.
    case forward
    /// Backpropagation through time, with Adam on all rows.
    case backward
    /// As the engine, but the forward terms are computed by the reference in double precision.
    case reference

    /// Those that learn curves.
    static let learning: [Method] = [.engine, .forward, .backward]

    var title: String {
      switch self {
      case .engine: "forward rule (engine)"
      case .forward: "forward rule, Adam on all rows"
      case .backward: "BPTT, Adam on all rows"
      case .reference: "forward rule by the reference"
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
  /// Share of the trials of each interval that were predicted before they were learned; the last may be a shorter one.
  var progressive: [Double]
  /// On trials that were not learned.
  var accuracy: Double
  /// Of hidden neurons, a tested trial.
  var spikes: Double
  /// What learning took of a core.
  var seconds: Double

  /// The share of all learned trials.
  func progressiveMean(_ learned: Int) -> Double {
    let sizes = progressive.indices.map { Double(min(interval, learned - $0 * interval)) }
    return zip(progressive, sizes).reduce(0) { $0 + $1.0 * $1.1 } / sizes.reduce(0, +)
  }

  private enum CodingKeys: String, CodingKey {
    case interval, progressive, accuracy, spikes
    case seconds = "learning_cpu_s"
  }
}
