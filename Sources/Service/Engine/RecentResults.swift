/// The last 100 outcomes of labelled trials.
struct RecentResults {
  private var results: [Bool] = []
  private var next = 0

  mutating func append(_ result: Bool) {
    if results.count < 100 {
      results.append(result)
    } else {
      results[next] = result
      next = (next + 1) % 100
    }
  }

  /// The part of them that was right; nothing before the first.
  var accuracy: Double? {
    results.isEmpty ? nil : Double(results.count { $0 }) / Double(results.count)
  }
}
