/// How a case compares with the peers of the same network.
struct BenchRatio: Encodable {
  /// The fastest of some peers.
  struct Best: Encodable {
    var name: String
    var batch: Int
    var threads: Int
    var samplesPerSecond: Double
    /// Our samples a second over theirs.
    var ratio: Double
    /// Our slowest repetition over their fastest, and our fastest over their slowest.
    var range: [Double]

    private enum CodingKeys: String, CodingKey {
      case batch, threads, ratio
      case range = "ratio_range"
      case name = "case"
      case samplesPerSecond = "samples_s"
    }
  }

  var name: String
  var threads: Int
  var samplesPerSecond: Double
  /// Threads that the peers could use; the fastest may have used fewer.
  var peerThreads: Int
  /// With one recording at a time, as a stream has it.
  var single: Best?
  /// With as many at a time as suits them.
  var any: Best?

  private enum CodingKeys: String, CodingKey {
    case threads
    case name = "case"
    case samplesPerSecond = "samples_s"
    case peerThreads = "peer_threads"
    case single = "batch_1"
    case any = "best_batch"
  }

  /// Every case that learns at every step, against peers that had no fewer threads than it had.
  static func all(_ outcome: BenchRunner.Outcome) -> [BenchRatio] {
    let peers = outcome.peers.filter { $0.samplesPerSecond != nil && $0.error == nil }
    let threads = Set(peers.map(\.threads)).sorted()
    return outcome.cases.filter { $0.name.wholeMatch(of: /nmnist\.(network|stream)\/.*/) != nil }
      .flatMap { entry in
        threads.filter { $0 >= entry.threads }.compactMap { threads -> BenchRatio? in
          guard let speed = entry.samplesPerSecond else { return nil }
          let rivals = peers.filter { $0.threads <= threads }
          return BenchRatio(
            name: entry.name, threads: entry.threads, samplesPerSecond: speed,
            peerThreads: threads, single: best(of: rivals.filter { $0.batch == 1 }, against: entry),
            any: best(of: rivals, against: entry))
        }
      }
  }

  private static func best(of peers: [BenchEntry], against entry: BenchEntry) -> Best? {
    guard let peer = peers.min(by: { $0.wall < $1.wall }), let theirs = peer.samplesPerSecond,
      let slowest = entry.walls.max(), let fastest = entry.walls.min(),
      let theirSlowest = peer.walls.max(), let theirFastest = peer.walls.min()
    else { return nil }
    return Best(
      name: peer.name, batch: peer.batch, threads: peer.threads, samplesPerSecond: theirs,
      ratio: peer.wall / entry.wall, range: [theirFastest / slowest, theirSlowest / fastest])
  }
}
