import Events
import Foundation

/// Labelled folders of simulated recordings, made once for all tests.
struct DataSet: Sendable {
  let folder: Folder
  let training: Int
  let testing: Int
  /// Events in the folder to learn from.
  let trainingEvents: Int

  var train: String { "\(folder.path)/Train" }
  var test: String { "\(folder.path)/Test" }

  /// 24 recordings to learn from and 8 others.
  static let usual: Result<DataSet, any Error> = Result { try DataSet(training: 24, testing: 8) }
  /// 3 recordings, for messages of single events.
  static let small: Result<DataSet, any Error> = Result { try DataSet(training: 3, testing: 1) }

  private init(training: Int, testing: Int) throws {
    folder = try Folder()
    (self.training, self.testing) = (training, testing)
    let recordings = try SimulatedRecordings(scene: .glyphs(), seed: 5)
    var events = 0
    for index in 0..<training + testing {
      let recording = recordings.recording(index: index)
      let part = index < training ? "Train" : "Test"
      if index < training { events += recording.events.count }
      try folder.write(
        "\(part)/\(recording.label)/\(String(format: "%05d", index)).bin",
        NMNISTCodec.encode(recording.events))
    }
    trainingEvents = events
  }

  /// A file of the folder to learn from.
  func someFile() throws -> String {
    guard let entry = try LabelledSet(path: train).recordings.first else {
      throw Stuck(description: "no recordings in \(train)")
    }
    return entry.path
  }
}
