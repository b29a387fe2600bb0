import Events
import Foundation
import Learning
import Logging
import Synchronization
import Transport

/// Decides when checkpoints are taken, writes them on a thread of its own, and answers who asked for one.
///
/// One is under way at a time: asked of the ingest thread, which sends a ``CheckpointMark`` through the inbox; copied by the
/// engine's thread when the mark arrives there; written here.
final class CheckpointKeeper: @unchecked Sendable {
  typealias Question = StreamItem.Question

  /// What moves when anything worth keeping has happened.
  struct Progress: Equatable {
    var messages: Int
    var steps: Int
    var weightsSequence: UInt64
    /// Those that were carried out.
    var requests: Int
  }

  struct State {
    var isUnderWay = false
    /// Who waits for the checkpoint that is under way, and for the one after it.
    var asked: [Question] = []
    var askedNext: [Question] = []
    var drain: Question?
    /// Checkpoints that are being loaded.
    var loads = 0
    var isEnding = false
    /// What the newest checkpoint holds.
    var kept: Progress?
    var newest: CheckpointStore.Generation?
    /// Why the latest could not be written.
    var failure: (any Error)?
  }

  /// Rings when the ingest thread has something to do here.
  let bell: Wakeup
  let store: CheckpointStore?
  private let isMarkDue = Atomic<Bool>(false)
  let draining = Atomic<Bool>(false)
  let state = Mutex(State())
  private let log: Mutex<RateLimitedLog>
  private let logger: Logger
  let inbox: Inbox<StreamItem>
  let outbox: Outbox
  private let metrics: Metrics
  private let writer = DispatchQueue(label: "afferent-checkpoints")
  /// Writing never waits for what others want to have read.
  let reader = DispatchQueue(label: "afferent-loads")
  /// Touched by the thread that starts and stops the engine.
  private var timer: (any DispatchSourceTimer)?

  init(
    _ store: CheckpointStore?, inbox: Inbox<StreamItem>, outbox: Outbox, metrics: Metrics,
    logger: Logger
  ) throws {
    self.store = store
    self.inbox = inbox
    self.outbox = outbox
    self.metrics = metrics
    self.logger = logger
    log = Mutex(RateLimitedLog(logger))
    bell = try Wakeup()
    if store != nil { metrics.update { $0.checkpoints = .init() } }
  }

  deinit { timer?.cancel() }

  // MARK: - Begin

  /// Brings the network to the newest whole checkpoint, or, if there are none, to the model at `model`, if it is given.
  ///
  /// - Returns: the parts of the checkpoint.
  /// - Throws: ``ConfigurationError`` if all are damaged, or the newest whole one does not fit the configuration.
  func resume(
    into network: Network<Float>, geometry: SensorGeometry, else model: String
  ) throws -> [String: CheckpointPart]? {
    let found = try store?.newest { reason in
      logger.warning("a damaged checkpoint is left out: \(reason)")
      metrics.update { $0.checkpoints?.damaged += 1 }
    }
    guard let found else {
      if !model.isEmpty { try Checkpoint.load(model, into: network, geometry: geometry) }
      return nil
    }
    try Checkpoint.load(
      found.file, from: found.generation.path, into: network, geometry: geometry)
    logger.info("resuming", metadata: ["checkpoint": "\(found.generation.path)"])
    metrics.update {
      $0.checkpoints?.generation = found.generation.number
      $0.checkpoints?.resumedFrom = found.generation.number
      $0.checkpoints?.bytes = found.generation.bytes
    }
    state.withLock { $0.newest = found.generation }
    return Checkpoint.parts(of: found.file)
  }

  /// Takes checkpoints from now on, every so many seconds.
  func start(every seconds: Double) {
    guard store != nil else { return }
    let progress = progress
    state.withLock { if $0.newest != nil { $0.kept = progress } }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + seconds, repeating: seconds)
    timer.setEventHandler { [weak self] in self?.beDue() }
    timer.resume()
    self.timer = timer
  }

  private var progress: Progress {
    let status = metrics.status
    return Progress(
      messages: status.messages, steps: status.stream.steps,
      weightsSequence: status.weightsSequence, requests: metrics.requestsDone)
  }

  private func beDue() {
    let progress = progress
    let isSkipped = state.withLock { state in
      if state.isUnderWay { return true }
      if state.kept != progress { begin(&state) }
      return false
    }
    if isSkipped { metrics.update { $0.checkpoints?.skipped += 1 } }
  }

  func begin(_ state: inout State) {
    state.isUnderWay = true
    isMarkDue.store(true, ordering: .releasing)
    bell.signal()
  }

  // MARK: - For the ingest thread

  /// Whether a mark is to be sent now; true once for each.
  func takeMark() -> Bool {
    isMarkDue.load(ordering: .relaxed) && isMarkDue.exchange(false, ordering: .acquiring)
  }

  /// Whether nothing more is to be read than what has arrived.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  // MARK: - For the engine's thread

  /// Whether a checkpoint of the mark is to be written.
  func wants(_ mark: CheckpointMark, _ progress: Progress) -> Bool {
    store != nil && !(mark.isLast && state.withLock { $0.kept == progress })
  }

  /// Writes a checkpoint, on another thread.
  func write(_ contents: Safetensors, _ progress: Progress, copied: Duration) {
    guard let store else { return }
    writer.async { [self] in
      let begin = ContinuousClock.now
      do {
        let generation = try store.write(contents)
        let now = ContinuousClock.now
        metrics.update {
          $0.checkpoints?.saved += 1
          $0.checkpoints?.generation = generation.number
          $0.checkpoints?.bytes = generation.bytes
          $0.checkpoints?.writtenAt = now
          $0.checkpoints?.lastError = nil
          $0.checkpoints?.copied = copied.seconds * 1e3
          $0.checkpoints?.written = begin.duration(to: now).seconds * 1e3
        }
        logger.debug("checkpoint", metadata: ["path": "\(generation.path)"])
        state.withLock { ($0.kept, $0.newest, $0.failure) = (progress, generation, nil) }
        end(.success(generation))
      } catch {
        fail(error)
      }
    }
    // When the copy is gone.
    writer.async { HeapMemory.trim() }
  }

  /// Notes that the checkpoint under way came to nothing.
  func fail(_ error: any Error) {
    log.withLock { $0.warn("checkpoint", "no checkpoint could be written: \(error)") }
    metrics.update {
      $0.checkpoints?.failed += 1
      $0.checkpoints?.lastError = "\(error)"
    }
    state.withLock { $0.failure = error }
    end(.failure(error))
  }

  private func end(_ result: Result<CheckpointStore.Generation, any Error>) {
    let asked = state.withLock { state in
      let asked = state.asked
      (state.asked, state.askedNext) = (state.askedNext, [])
      state.isUnderWay = false
      if !state.asked.isEmpty { begin(&state) }
      return asked
    }
    for question in asked { answer(question, result.map { .init(done: "saved", $0) }) }
  }

  // MARK: - End

  /// Waits until the last checkpoint is written, when the engine's thread has ended, and answers who still waits.
  ///
  /// - Parameter export: what else is to be saved.
  /// - Throws: what kept the last checkpoint from being written, or the error of `export`.
  func finish<Value>(_ export: () throws -> Value) throws -> Value {
    timer?.cancel()
    state.withLock { $0.isEnding = true }
    reader.sync {}
    writer.sync {}
    let (waiting, drain, newest, failure) = state.withLock {
      ($0.asked + $0.askedNext, $0.drain, $0.newest, $0.failure)
    }
    // Each is tried, whatever became of the other.
    let exported = Result { try export() }
    let result = failure.map { .failure($0) } ?? exported
    for question in waiting { answer(question, result.map { _ in .init(done: "saved", newest) }) }
    if let drain { answer(drain, result.map { _ in .init(done: "drained", newest) }) }
    store?.close()
    return try result.get()
  }
}
