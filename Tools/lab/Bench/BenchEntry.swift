/// What a case came to.
struct BenchEntry: Encodable {
  var name: String
  var unit = "sample"
  var hidden: Int?
  var isRecurrent: Bool?
  var inputs: Int?
  var batch = 1
  var threads = 1
  /// Seconds a unit, one for each repetition.
  var walls: [Double] = []
  var processorTimes: [Double] = []
  /// What all repetitions did together.
  var work = BenchWork()
  /// Cores that everything else on the machine took meanwhile.
  var othersCores: Double?
  var peakMemory: Double?
  /// Resident memory before the case was built.
  var memoryBefore: Double?
  var memoryNotes: [String: Double] = [:]
  var error: String?
  /// Of a peer, which tells its rate and not its spikes.
  var statedHiddenRate: Double?

  var wall: Double { Self.median(walls) }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2
      : min(sorted[middle], last)
  }

  /// `amount` of all repetitions a second; nothing, if there is none of it.
  func rate(_ amount: Int, wall: Double? = nil) -> Double? {
    let wall = wall ?? self.wall
    guard amount > 0, work.units > 0, wall > 0 else { return nil }
    return Double(amount) / Double(work.units) / wall
  }

  var samplesPerSecond: Double? { rate(work.samples) }
  var stepMicroseconds: Double? { rate(work.steps).map { 1e6 / $0 } }
  /// Seconds of stream time a second.
  var realtimeFactor: Double? { rate(Int(work.streamTime)).map { $0 * 1e-6 } }
  /// Spikes a second of stream time of a hidden neuron.
  var hiddenRate: Double? {
    if let statedHiddenRate { return statedHiddenRate }
    guard let hidden, work.hiddenSpikes > 0, work.streamTime > 0 else { return nil }
    return Double(work.hiddenSpikes) / Double(hidden) / (Double(work.streamTime) * 1e-6)
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func put(_ name: String, _ value: (some Encodable)?) throws {
      try container.encodeIfPresent(value, forKey: Key(name))
    }
    try put("case", name)
    try put("hidden", hidden)
    try put("rec", isRecurrent)
    try put("inputs", inputs)
    try put("batch", batch)
    try put("threads", threads)
    try put("error", error)
    guard error == nil, let least = walls.min(), let most = walls.max() else { return }
    try put("unit", unit)
    try put("reps", walls.count)
    try put("wall_s", wall)
    try put("wall_min", least)
    try put("wall_max", most)
    try put("cpu_s", Self.median(processorTimes))
    try put("samples_s", samplesPerSecond)
    if let low = rate(work.samples, wall: most), let high = rate(work.samples, wall: least) {
      try put("samples_s_range", [low, high])
    }
    try put("steps_s", rate(work.steps))
    try put("step_us", stepMicroseconds)
    try put("events_s", rate(work.events))
    if work.steps > 0 { try put("events_per_step", Double(work.events) / Double(work.steps)) }
    try put("messages_s", rate(work.messages))
    try put("mb_s", rate(work.bytes).map { $0 * 1e-6 })
    try put("realtime_factor", realtimeFactor)
    try put("hidden_rate_hz", hiddenRate)
    try put("others_cores", othersCores)
    try put("peak_rss_mb", peakMemory)
    try put("rss_after_import_mb", memoryBefore)
    for (name, value) in memoryNotes { try put(name, value) }
  }
}
