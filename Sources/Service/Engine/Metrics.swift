import Events
import Learning
import Synchronization

/// What all threads of an engine count, and anybody may read.
final class Metrics: Sendable {
  private let state: Mutex<EngineStatus>
  private let recent = Mutex<RecentResults>(RecentResults())
  private let started = ContinuousClock.now
  /// Whether somebody listens to weights; decides whether deltas are put together.
  let wantsWeights = Atomic<Bool>(false)
  /// Whether somebody looks on; decides whether activity is recorded.
  let wantsActivity = Atomic<Bool>(false)
  let sight = SightMetrics()
  private let requests = Atomic<Int>(0)

  /// See ``EngineStatus/engine``.
  let engine = String(UInt64.random(in: .min ... .max), radix: 16)

  init(_ configuration: EngineConfiguration) {
    var status = EngineStatus()
    status.model = configuration.model
    status.engine = engine
    status.learning = configuration.learning.enabled
    status.overload.policy = configuration.overload.policy
    state = Mutex(status)
  }

  /// The status as it is now, with the depths of the queues.
  func status(inbox: Inbox<StreamItem>, outbox: Outbox) -> EngineStatus {
    var status = status
    let depth = inbox.depth
    status.queue = .init(
      messages: depth.items, bytes: depth.bytes, messageLimit: inbox.limit,
      byteLimit: inbox.byteLimit)
    status.outputQueue = outbox.depth
    status.output.deltaBytes = outbox.deltas.count
    status.output.deltaByteLimit = outbox.deltaByteLimit
    return status
  }

  /// The status as it is now.
  var status: EngineStatus {
    var status = state.withLock { $0 }
    status.uptime = started.duration(to: .now).seconds
    status.checkpoints?.updateAge()
    status.weightsFollowed = wantsWeights.load(ordering: .relaxed)
    if status.labelledTrials > 0 {
      status.accuracy = Double(status.correctTrials) / Double(status.labelledTrials)
      status.recentAccuracy = recent.withLock { $0.accuracy }
    }
    sight.fill(&status)
    return status
  }

  func update(_ change: (inout EngineStatus) -> Void) {
    state.withLock { change(&$0) }
  }

  /// Requests of operators that were carried out since the start.
  var requestsDone: Int { requests.load(ordering: .acquiring) }

  /// Notes one more, once it was.
  func noteRequest() { requests.add(1, ordering: .releasing) }

  /// Notes the outcome of a labelled trial.
  func count(correct: Bool) {
    recent.withLock { $0.append(correct) }
    update {
      $0.labelledTrials += 1
      $0.correctTrials += correct ? 1 : 0
    }
  }

  /// The latest outcomes, for a checkpoint.
  var recentResults: RecentResults { recent.withLock { $0 } }

  /// Goes on counting from what a checkpoint holds.
  func resume(_ results: RecentResults, _ change: (inout EngineStatus) -> Void) {
    recent.withLock { $0 = results }
    update(change)
  }
}
