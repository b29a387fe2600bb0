import Foundation
import Synchronization
import ToolSupport

/// Independent work on several threads.
enum Workers {
  private struct Shared<State> {
    var state: State
    var next = 0
    var done = 0
    var failure: (any Error)?
    let bar: ProgressBar?
  }

  /// As many as there are cores.
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Makes things 0..<`count`, `threads` at a time and begun in this order; each is taken in when it is made, one at a time.
  ///
  /// - Parameters:
  ///   - progress: what a bar is called that shows how far it is; without it there is none.
  ///   - remark: what stands behind the bar when a thing is done.
  /// - Returns: what `take` has made of `state`.
  /// - Throws: the first error. Nothing more is begun then; what is under way is still taken in.
  static func run<Made: Sendable, State: Sendable>(
    _ count: Int, threads: Int, progress: String?, into state: State,
    remark: @Sendable (Int) -> String = { _ in "" },
    make: @Sendable (Int) throws -> Made,
    take: @Sendable (inout State, Int, Made) throws -> Void
  ) throws -> State {
    let bar = progress.map { ProgressBar($0, total: count) }
    let shared = Mutex(Shared(state: state, bar: bar))
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while true {
        let number: Int? = shared.withLock { shared in
          guard shared.failure == nil, shared.next < count else { return nil }
          defer { shared.next += 1 }
          return shared.next
        }
        guard let number else { return }
        let made = Result { try make(number) }
        shared.withLock { shared in
          do {
            try take(&shared.state, number, made.get())
          } catch {
            shared.failure = shared.failure ?? error
          }
          shared.done += 1
          shared.bar?.update(shared.done, remark(number))
        }
      }
    }
    return try shared.withLock { shared in
      shared.bar?.finish()
      if let failure = shared.failure { throw failure }
      return shared.state
    }
  }
}
