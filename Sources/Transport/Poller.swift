import CZMQ
import Glibc

/// Waiting for several sockets and file descriptors at once.
public enum Poller {
  /// Waits until at least one item is ready or the time has passed, and notes in each item what
  /// was seen. Sockets of other threads must not be among the items; file descriptors may.
  ///
  /// - Parameter timeout: How long to wait, rounded up to milliseconds; zero looks and returns, nil
  ///   waits forever.
  /// - Returns: The number of items that are ready.
  /// - Throws: `.terminated`, `.closed` if a socket is gone.
  @discardableResult
  public static func wait(
    _ items: inout [PollItem], timeout: Duration?
  ) throws(TransportError) -> Int {
    var requests: [zmq_pollitem_t] = []
    requests.reserveCapacity(items.count)
    for item in items { requests.append(try item.request()) }

    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let milliseconds = deadline.map {
        Int(ContinuousClock.now.duration(to: $0).wholeMilliseconds)
      }
      let ready = zmq_poll(&requests, Int32(requests.count), milliseconds ?? -1)
      if ready < 0 {
        let code = zmq_errno()
        guard code == EINTR else { throw TransportError(errno: code, operation: "poll") }
        continue
      }
      if ready == 0, let deadline, ContinuousClock.now < deadline { continue }
      for index in items.indices { items[index].note(requests[index]) }
      return Int(ready)
    }
  }
}
