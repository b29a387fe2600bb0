import Foundation
import Synchronization

/// Remembers that SIGINT or SIGTERM came, for tools that end at their own next convenience. A second signal ends the process
/// at once.
public struct InterruptFlag: Sendable {
  private static let raised = Atomic<Bool>(false)

  public init() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        InterruptFlag.raised.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  public var isRaised: Bool { Self.raised.load(ordering: .relaxed) }
}
