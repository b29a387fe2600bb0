import Foundation
import Learning
import Synchronization

/// Latency, rates and losses: what all threads note, and the status tells.
final class SightMetrics: Sendable {
  private struct State {
    var latency = LatencyHistogram()
    var recent = RecentLatency()
    var rates = RateMeter()
    var loss = LossRecord()
  }

  private let state = Mutex(State())

  /// Notes that a prediction has been handed to the socket.
  ///
  /// - Parameter received: when the message that it came of was taken from its socket.
  func notePrediction(of received: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    let microseconds = UInt64(max(0, received.duration(to: now).seconds * 1e6))
    state.withLock {
      $0.latency.add(microseconds)
      $0.recent.add(microseconds, at: now)
    }
  }

  /// Notes the mean loss of a trial that has ended.
  func note(loss: Float) {
    state.withLock { $0.loss.append(Double(loss)) }
  }

  /// All losses, for a checkpoint.
  var losses: LossRecord { state.withLock { $0.loss } }

  /// Goes on from what a checkpoint holds.
  func resume(_ losses: LossRecord) { state.withLock { $0.loss = losses } }

  /// Fills its sections of a status.
  func fill(_ status: inout EngineStatus) {
    let now = ContinuousClock.now
    let (total, recent, rates, loss) = state.withLock { state in
      (
        state.latency, state.recent.histogram(at: now), state.rates.rates(status, at: now),
        state.loss.summary
      )
    }
    status.latency = .init(total: total, recent: recent)
    status.rates = rates
    status.loss = loss
    status.residentBytes = ResidentMemory.bytes
  }
}

/// Changes a second over the last five seconds, from statuses at least a second apart.
private struct RateMeter {
  private struct Sample {
    var time: ContinuousClock.Instant
    var events: Int
    var steps: Int
    var trials: Int
    var busy: Double
  }

  private static let span = Duration.seconds(5)
  private var samples: [Sample] = []

  mutating func rates(
    _ status: EngineStatus, at now: ContinuousClock.Instant
  ) -> EngineStatus.Rates {
    // The newest of those that are old enough is what the present is compared with.
    while samples.count > 1, now - samples[1].time >= Self.span { samples.removeFirst() }
    let sample = Sample(
      time: now, events: status.stream.events, steps: status.stream.steps,
      trials: status.stream.trials, busy: status.busy)
    let first = samples.first ?? sample
    if samples.last.map({ now - $0.time >= .seconds(1) }) ?? true { samples.append(sample) }
    let seconds = first.time.duration(to: now).seconds
    guard seconds > 0 else { return .init() }
    return .init(
      seconds: seconds, events: Double(sample.events - first.events) / seconds,
      steps: Double(sample.steps - first.steps) / seconds,
      trials: Double(sample.trials - first.trials) / seconds,
      busy: (sample.busy - first.busy) / seconds)
  }
}

/// What the process holds of the machine's memory.
enum ResidentMemory {
  /// Resident bytes, where the system tells them.
  static var bytes: Int? {
    // Pages in all, pages resident, and more.
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }
}
