import Foundation
import Service
import Synchronization
import ToolSupport

/// Receives predictions on a thread of its own, and notes how long after its due time each one came.
final class SoakReceiver: Sendable {
  struct Window {
    /// Microseconds.
    var latencies: [Double] = []
    var predictions = 0
    /// Numbers that were passed over.
    var missing: UInt64 = 0
    var labelled = 0
    var correct = 0
  }

  private let window = Mutex(Window())
  private let isStopped = Atomic<Bool>(false)

  /// - Parameters:
  ///   - address: of the engine's output.
  ///   - origin: when the stream began.
  func run(_ subscriber: OutputSubscriber, origin: ContinuousClock.Instant) {
    var next: UInt64?
    while !isStopped.load(ordering: .relaxed) {
      guard let prediction = try? subscriber.prediction(timeout: .milliseconds(100)) else {
        continue
      }
      // The step that ends at t is closed by the message of the millisecond that begins there.
      let due = origin + .microseconds(prediction.t + 1000)
      let latency = due.duration(to: .now).inSeconds * 1e6
      let missing = next.map { prediction.sequence &- $0 } ?? 0
      next = prediction.sequence + 1
      window.withLock {
        $0.predictions += 1
        $0.missing += missing
        if !prediction.isFinal { $0.latencies.append(latency) }
        guard let isCorrect = prediction.isCorrect else { return }
        $0.labelled += 1
        $0.correct += isCorrect ? 1 : 0
      }
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// What has come since the last call.
  func take() -> Window {
    window.withLock { window in
      defer { window = Window() }
      return window
    }
  }
}
