/// What is common to all cases of a run.
struct BenchSettings {
  /// Parts of the names of the cases to run; all, if there are none.
  var only: [String]
  var repetitions: Int
  /// What one repetition should take, in seconds.
  var seconds: Double
  /// How long to wait for a quiet machine before each repetition, in seconds.
  var patience: Double
  /// Numbers of threads that peers, and learners that can, are measured with.
  var threads: [Int]
  /// Whether learners are also measured in their plainest form.
  var dense = false
  /// Recordings in memory that a case goes round.
  var samples: BenchSamples
  var peers: BenchPeers?

  /// Whether the case of this name is asked for.
  func wants(_ name: String) -> Bool {
    only.isEmpty || only.contains { name.contains($0) }
  }

  /// How learners compute.
  var computes: [BenchCompute] { BenchCompute.choices(threads: threads, dense: dense) }
}
