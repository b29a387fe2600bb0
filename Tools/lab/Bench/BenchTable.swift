import ToolSupport

/// Results as people read them.
enum BenchTable {
  private static let columns: [(name: String, width: Int)] = [
    ("threads", 7), ("samples/s", 10), ("least", 9), ("most", 9), ("us a step", 10),
    ("events/s", 13), ("real time", 9), ("Hz", 5), ("peak MB", 8),
    ("others", 6),
  ]
  private static let nameWidth = 32

  /// The names of the columns.
  static var header: String {
    row("case", columns.map(\.name))
  }

  /// One case, or one of a peer.
  static func row(_ entry: BenchEntry, isPeer: Bool = false) -> String {
    let name = isPeer ? "  \(peerName(entry))" : entry.name
    if let error = entry.error { return "\(padded(name)) \(error)" }
    func decimal(_ value: Double?, _ places: Int) -> String {
      value.map { Format.decimal($0, places) } ?? ""
    }
    let places = (entry.samplesPerSecond ?? 0) < 100 ? 2 : 0
    return row(
      name,
      [
        "\(entry.threads)", decimal(entry.samplesPerSecond, places),
        decimal(entry.rate(entry.work.samples, wall: entry.walls.max()), places),
        decimal(entry.rate(entry.work.samples, wall: entry.walls.min()), places),
        decimal(entry.stepMicroseconds, 2),
        entry.rate(entry.work.events).map { Format.count(Int($0)) } ?? "",
        decimal(entry.realtimeFactor, 2), decimal(entry.hiddenRate, 0),
        decimal(entry.peakMemory, 1), decimal(entry.othersCores, 1),
      ])
  }

  /// What the peers' numbers make of ours.
  static func line(_ ratio: BenchRatio) -> String {
    func text(_ best: BenchRatio.Best) -> String {
      let range = best.range.map { Format.decimal($0, 1) }.joined(separator: " to ")
      return "\(Format.decimal(best.ratio, 1)) times (\(range)) \(best.name) at batch "
        + "\(best.batch) (\(Format.decimal(best.samplesPerSecond, 1)) samples/s)"
    }
    let found = [ratio.single, ratio.any].compactMap { $0.map(text) }
    return padded("\(ratio.name), \(threads(ratio.threads))")
      + " against \(threads(ratio.peerThreads)): " + found.joined(separator: ", ")
  }

  private static func threads(_ count: Int) -> String {
    count == 1 ? "1 thread" : "\(count) threads"
  }

  private static func peerName(_ entry: BenchEntry) -> String {
    let form = entry.isRecurrent == true ? "r" : "f"
    return "\(entry.name)/H\(entry.hidden ?? 0)\(form)/B\(entry.batch)"
  }

  private static func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(0, nameWidth - name.count))
  }

  private static func row(_ name: String, _ fields: [String]) -> String {
    padded(name) + " "
      + zip(fields, columns).map { Format.right($0, $1.width) }.joined(separator: " ")
  }
}
