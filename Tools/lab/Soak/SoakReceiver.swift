import Foundation
import Service
import Synchronization
import ToolSupport
import Transport

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
    /// What the number of the next prediction should be.
    var next: UInt64?
    /// Why nothing more is received.
    var failure: (any Error)?
  }

  private let window = Mutex(Window())
  private let isStopped = Atomic<Bool>(false)

  /// Receives until ``stop()`` or an error, which ``take()`` throws.
  ///
  /// - Parameters:
  ///   - address: of the engine's output.
  ///   - origin: when the stream began.
  func start(_ address: String, origin: ContinuousClock.Instant, in context: Context) {
    let thread = Thread { [self] in
      do {
        try run(OutputSubscriber(address, topics: ["prediction/"], in: context), origin: origin)
      } catch {
        window.withLock { $0.failure = error }
      }
    }
    thread.start()
  }

  private func run(_ subscriber: OutputSubscriber, origin: ContinuousClock.Instant) throws {
    while !isStopped.load(ordering: .relaxed) {
      guard let prediction = try subscriber.prediction(timeout: .milliseconds(100)) else {
        continue
      }
      // The step that ends at t is closed by the message of the millisecond that begins there.
      let due = origin + .microseconds(prediction.t + 1000)
      let latency = due.duration(to: .now).inSeconds * 1e6
      window.withLock {
        $0.predictions += 1
        $0.missing += $0.next.map { prediction.sequence &- $0 } ?? 0
        $0.next = prediction.sequence + 1
        if !prediction.isFinal { $0.latencies.append(latency) }
        guard let isCorrect = prediction.isCorrect else { return }
        $0.labelled += 1
        $0.correct += isCorrect ? 1 : 0
      }
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// What has come since the last call.
  ///
  /// - Throws: what ended the receiving.
  func take() throws -> Window {
    try window.withLock { window in
      if let failure = window.failure { throw failure }
      defer { window = Window(next: window.next) }
      return window
    }
  }
}
