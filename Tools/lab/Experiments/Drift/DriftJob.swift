import Events
import Learning

/// One disturbance on a model that learned clean trials.
struct DriftJob: ExperimentJob {
  /// What a user may have in front of the engine.
  enum Filter: String, Codable, CaseIterable, Sendable {
    /// Drops events without a neighbour in the last 10 ms.
    case denoise
    /// Drops pixels that had more than 100 events a second in the first 3 s.
    case hotPixelMask = "hot-pixel-mask"

    var transform: EventTransform {
      switch self {
      case .denoise: .denoise(filterTime: 10_000)
      case .hotPixelMask: .hotPixels(.frequency(100), stretch: 3_000_000)
      }
    }
  }

  /// Nothing for a sound sensor.
  var course: DisturbanceCourse?
  var filter: Filter?
  var seed: UInt64

  var name: String {
    let what = course.map { "\($0.kind.rawValue) \($0.severity) \($0.shape.rawValue)" } ?? "clean"
    return ([what] + (filter.map { [$0.rawValue] } ?? []) + ["\(seed)"]).joined(separator: " ")
  }

  struct Outcome: Codable, Sendable {
    /// With learning off.
    var off: Course
    /// With learning on, each trial predicted before it was learned from.
    var on: Course
    /// Clean unseen trials after that learning, with learning off.
    var after: TrialScore
    var statistics: EventStatistics
  }

  /// A stream of trials in order.
  struct Course: Codable, Sendable {
    var score: TrialScore
    /// How many were right in each stretch of trials, all of one length.
    var correct: [Int]
    var stretch: Int

    var accuracies: [Double] { correct.map { Double($0) / Double(stretch) } }
    /// Of the last fifth.
    var last: Double { Sample(Array(accuracies.suffix(max(correct.count / 5, 1)))).mean }
  }
}
