import Foundation
import Learning
import Synchronization
import Transport

/// Requests about checkpoints, and their answers.
extension CheckpointKeeper {
  /// Questions that may wait.
  private static let mostAsked = 64

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
    let name = question.request.name ?? ""
    writer.async { [self] in
      do {
        let (path, file) = try store.read(name)
        guard !inbox.pushUrgent(.model(question, path: path, file)) else { return }
        refuse(question, "too many questions are waiting already, or the engine is stopping")
      } catch {
        refuse(question, "\(error)")
      }
    }
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
