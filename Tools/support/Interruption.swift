import Dispatch
import Foundation
import Synchronization

/// Whether the user asked to end, by Ctrl-C or `kill`. Asking twice ends the program at once.
public final class Interruption {
  private final class Requests: Sendable {
    let count = Atomic<Int>(0)
  }

  private let requests = Requests()
  private let sources: [any DispatchSourceSignal]

  public init() {
    let requests = requests
    sources = [SIGINT, SIGTERM].map { number in
      // Its default would end the program before the source hears of it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if requests.count.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
  }

  public var isRequested: Bool { requests.count.load(ordering: .relaxed) > 0 }
}
