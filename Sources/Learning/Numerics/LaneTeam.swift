import Foundation
import Synchronization

/// Threads that share the neurons of a layer: each works on lanes of its own, so that results have the same bits whatever
/// their number.
///
/// A step of a large layer takes some microseconds, so threads wait for the next piece of work busily, for about as long as a
/// few steps take, and then sleep.
final class LaneTeam {
  /// Layers with fewer lanes are not worth the wait.
  static let smallest = 32

  private let shared: Shared

  /// - Parameter threads: at least 2, the caller's among them.
  init(threads: Int) {
    let shared = Shared(threads: threads)
    self.shared = shared
    for index in 1..<threads {
      let thread = Thread { shared.serve(index) }
      thread.name = "lanes \(index)"
      thread.start()
    }
  }

  deinit {
    shared.close()
  }

  /// Calls `body` with parts of 0..<lanes, each in a thread of its own, and returns when all are done.
  func split(_ lanes: Int, _ body: (Range<Int>) -> Void) {
    let threads = shared.threads
    shared.run { index in body(Self.part(index, of: lanes, threads)) }
  }

  /// 0..<lanes in parts that are about as long; two lanes that share a cache line are not parted.
  static func parts(of lanes: Int, _ count: Int) -> [Range<Int>] {
    (0..<count).map { part($0, of: lanes, count) }
  }

  private static func part(_ index: Int, of lanes: Int, _ count: Int) -> Range<Int> {
    let (begin, end) = (lanes * index / count & ~1, lanes * (index + 1) / count & ~1)
    return begin..<(index == count - 1 ? lanes : end)
  }

  /// What outlives the team until its threads have ended.
  private final class Shared: @unchecked Sendable {
    /// Looks at the counter before a thread goes to sleep: some 100 us.
    private static let patience = 400_000

    let threads: Int
    /// Number of the latest piece of work; below 0 there will be none.
    private let generation = Atomic<Int>(0)
    private let unfinished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let condition = NSCondition()
    /// Written before `generation`, read after it.
    private var work: ((Int) -> Void)?

    init(threads: Int) {
      self.threads = threads
    }

    func run(_ body: (Int) -> Void) {
      withoutActuallyEscaping(body) { body in
        work = body
        unfinished.store(threads - 1, ordering: .relaxed)
        generation.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
        body(0)
        var looks = 0
        while unfinished.load(ordering: .acquiring) > 0 {
          looks += 1
          // Another thread may need this processor to end its part.
          if looks % 4096 == 0 { sched_yield() }
        }
        work = nil
      }
    }

    func serve(_ index: Int) {
      var done = 0
      while true {
        let latest = wait(after: done)
        guard latest >= 0 else { return }
        work?(index)
        done = latest
        unfinished.subtract(1, ordering: .releasing)
      }
    }

    private func wait(after done: Int) -> Int {
      for _ in 0..<Self.patience {
        let latest = generation.load(ordering: .acquiring)
        if latest != done { return latest }
      }
      condition.lock()
      defer { condition.unlock() }
      sleepers.add(1, ordering: .sequentiallyConsistent)
      defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
      while generation.load(ordering: .sequentiallyConsistent) == done { condition.wait() }
      return generation.load(ordering: .acquiring)
    }

    private func wake() {
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }

    func close() {
      generation.store(-1, ordering: .sequentiallyConsistent)
      wake()
    }
  }
}
