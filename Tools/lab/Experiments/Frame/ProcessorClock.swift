import Foundation

/// Seconds that this thread has computed: unlike those of a clock, few more on a machine that has other work.
enum ProcessorClock {
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
