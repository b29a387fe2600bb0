import Events
import Foundation
import Service

/// The numbers of events of a trial: how many came from each address, whenever.
struct TrialCounts {
  /// What a linear readout is given of them.
  enum Scale: String, CaseIterable, Encodable {
    /// n
    case count
    /// ln(1 + n)
    case logarithm
    /// n over the Euclidean norm of all
    case unit
  }

  let label: Int
  private(set) var counts: [Double]

  func input(_ scale: Scale) -> [Double] {
    switch scale {
    case .count: return counts
    case .logarithm: return counts.map { log(1 + $0) }
    case .unit:
      let norm = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return norm > 0 ? counts.map { $0 / norm } : counts
    }
  }

  /// The trials of a recording whose classes are known, in the order of their times.
  static func trials(
    of recording: LabelledRecording, on stream: TrialStream, geometry: SensorGeometry
  ) throws -> [TrialCounts] {
    var trials: [TrialCounts] = []
    var labels: [StreamLabel] = []
    var open: StreamLabel?
    let zeros = [Double](repeating: 0, count: geometry.addressCount)
    _ = try stream.play(recording, progress: { _ in }) { events, new, _ in
      labels += new
      for index in events.indices {
        let time = events.t[index]
        while let next = labels.first, next.t <= time {
          open = labels.removeFirst()
          if let label = next.label { trials.append(TrialCounts(label: label, counts: zeros)) }
        }
        guard let trial = open, trial.label != nil, time < trial.end ?? .max else { continue }
        let address = geometry.address(x: events.x[index], y: events.y[index], on: events.on[index])
        trials[trials.count - 1].counts[Int(address)] += 1
      }
    }
    return trials
  }
}
