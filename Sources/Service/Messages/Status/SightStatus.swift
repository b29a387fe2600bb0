extension EngineStatus {
  /// Time from taking a message from its socket to handing a prediction that came of it to the output socket.
  public struct Latency: Codable, Equatable, Sendable {
    /// Times in seconds, to 1/16.
    public struct Quantiles: Codable, Equatable, Sendable {
      public var count: UInt64 = 0
      public var p50: Double?
      public var p99: Double?
      public var p999: Double?
      public var largest: Double?

      private enum CodingKeys: String, CodingKey {
        case count
        case p50 = "p50_s"
        case p99 = "p99_s"
        case p999 = "p999_s"
        case largest = "max_s"
      }

      public init() {}

      init(_ times: LatencyHistogram) {
        count = times.count
        guard times.count > 0 else { return }
        p50 = times.quantile(0.5).map { Double($0) / 1e6 }
        p99 = times.quantile(0.99).map { Double($0) / 1e6 }
        p999 = times.quantile(0.999).map { Double($0) / 1e6 }
        largest = Double(times.largest) / 1e6
      }
    }

    /// Since the start.
    public var total = Quantiles()
    /// In the last minute.
    public var recent = Quantiles()
    /// Sum of all times in seconds.
    public var sum = 0.0
    /// Times below each of ``bounds``, since the start.
    public var below: [UInt64] = bounds.map { _ in 0 }

    private static let octaves = 4...24
    /// Powers of two, from 16 us to 17 s, in seconds.
    public static let bounds = octaves.map { Double(1 << $0) / 1e6 }

    public init() {}

    init(total times: LatencyHistogram, recent: LatencyHistogram) {
      total = Quantiles(times)
      self.recent = Quantiles(recent)
      sum = times.sum / 1e6
      below = Self.octaves.map { times.count(belowOctave: $0) }
    }

    private enum CodingKeys: String, CodingKey {
      case total, recent, below
      case sum = "sum_s"
    }
  }

  /// Changes a second over the last seconds.
  public struct Rates: Codable, Equatable, Sendable {
    /// Over how many seconds.
    public var seconds = 0.0
    /// Events that entered a step.
    public var events = 0.0
    public var steps = 0.0
    public var trials = 0.0
    /// Share of the time that the engine's thread spent on events.
    public var busy = 0.0

    private enum CodingKeys: String, CodingKey {
      case busy
      case seconds = "over_s"
      case events = "events_per_s"
      case steps = "steps_per_s"
      case trials = "trials_per_s"
    }
  }

  /// Loss of the trials that ended with one, each predicted before it was learned from.
  public struct Loss: Codable, Equatable, Sendable {
    public var trials = 0
    /// Mean of all, and of the last 100.
    public var mean: Double?
    public var recent: Double?
  }
}
