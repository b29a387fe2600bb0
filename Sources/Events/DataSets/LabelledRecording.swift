/// A recording, and the stretches of it that are trials. Between these a stream is only watched.
public struct LabelledRecording: Hashable, Sendable {
  /// Path of the file.
  public let path: String
  /// What it is called in predictions and reports, such as `Train/5/00001.bin`: the same on every machine, at most 200
  /// bytes.
  public let name: String
  /// In the order of their times; they do not overlap.
  public let stretches: [LabelledStretch]

  init(path: String, name: String, stretches: [LabelledStretch]) {
    self.path = path
    var name = name[...]
    while name.utf8.count > 200 { name.removeFirst() }
    self.name = String(name)
    self.stretches = stretches
  }

  /// Whether all of it is one trial.
  public var isWhole: Bool { stretches.count == 1 && stretches[0].isWhole }

  /// The class of a recording that is one trial as a whole.
  public var label: Int? { isWhole ? stretches[0].label : nil }
}

/// A stretch of a recording that is a trial.
public struct LabelledStretch: Hashable, Sendable {
  /// The class; without one, the trial is to be predicted only.
  public var label: Int?
  /// Microseconds of the recording's clock; without it, the trial begins with the recording.
  public var begin: Int64?
  /// The end (exclusive) on the same clock; without it, the trial ends where the next begins, or with the recording.
  public var end: Int64?

  public init(label: Int?, begin: Int64? = nil, end: Int64? = nil) {
    (self.label, self.begin, self.end) = (label, begin, end)
  }

  public var isWhole: Bool { begin == nil && end == nil }

  /// Whether `self`, which begins no later, reaches into `next`.
  func overlaps(_ next: LabelledStretch) -> Bool {
    guard let nextBegin = next.begin else { return true }
    if begin == nextBegin { return true }
    return end.map { $0 > nextBegin } ?? false
  }

  /// Times must not be larger, in microseconds, on either side of 0.
  static let latest: Int64 = 1 << 60
}
