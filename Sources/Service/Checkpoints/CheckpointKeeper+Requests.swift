import Foundation
import Learning
import Synchronization
import Transport

/// Requests about checkpoints, and their answers.
extension CheckpointKeeper {
  /// Questions that may wait.
  private static let mostAsked = 64
  /// Checkpoints to be loaded that may be in memory, or wait to be.
  private static let mostLoads = 4

  /// Takes a request over, if it is one about checkpoints.
  func take(_ question: Question) -> Bool {
    switch question.request.request {
    case .save: save(question)
    case .load: read(question)
    case .drain: drain(question)
    default: return false
    }
    return true
  }

  private func save(_ question: Question) {
    guard store != nil else { return refuse(question, "checkpoints.folder is not set") }
    let isTaken = state.withLock { state in
      guard state.asked.count + state.askedNext.count < Self.mostAsked else { return false }
      if state.isUnderWay {
        // What it holds may be older than the question.
        state.askedNext.append(question)
      } else {
        state.asked.append(question)
        begin(&state)
      }
      return true
    }
    if !isTaken { refuse(question, "\(Self.mostAsked) requests to save are waiting already") }
  }

  /// Reads the checkpoint away from the engine's thread, which then takes it over.
  private func read(_ question: Question) {
    guard let store else { return refuse(question, "checkpoints.folder is not set") }
    guard !isDraining else { return refuse(question, Self.isEnding) }
    let isTaken = state.withLock { state in
      guard state.loads < Self.mostLoads else { return false }
      state.loads += 1
      return true
    }
    guard isTaken else {
      return refuse(question, "\(Self.mostLoads) checkpoints are being loaded already")
    }
    let name = question.request.name ?? ""
    reader.async { [self] in
      do {
        guard !state.withLock({ $0.isEnding }) else { throw ConfigurationError(Self.isEnding) }
        let (path, file) = try store.read(name)
        guard !inbox.pushUrgent(.model(question, path: path, file)) else { return }
        throw ConfigurationError("too many questions are waiting already, or \(Self.isEnding)")
      } catch {
        endLoad(question, .failure(error))
      }
    }
  }

  private static let isEnding = "the engine is stopping"

  /// Notes that a checkpoint was taken over, or could not be.
  func endLoad(_ question: Question, _ result: Result<CheckpointReceipt, any Error>) {
    state.withLock { $0.loads -= 1 }
    answer(question, result)
  }

  private func drain(_ question: Question) {
    let isFirst = state.withLock { state in
      guard state.drain == nil else { return false }
      state.drain = question
      return true
    }
    guard isFirst else { return refuse(question, "the engine is draining already") }
    draining.store(true, ordering: .releasing)
    bell.signal()
  }

  /// Sends the answer to a question.
  func answer(_ question: Question, _ result: Result<CheckpointReceipt, any Error>) {
    switch result {
    case .success(let receipt):
      outbox.push(.reply(question.envelope + [ServiceJSON.encode(receipt)]))
    case .failure(let error): refuse(question, "\(error)")
    }
  }

  private func refuse(_ question: Question, _ reason: String) {
    outbox.push(.reply(question.envelope + [ServiceJSON.encode(RequestRefusal(error: reason))]))
  }
}
