import Events
import Foundation
import Testing

/// The gestures that `afferent-sensor` writes, and what learns from them.
@Suite(.timeLimit(.minutes(10))) struct GestureTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private var gestures: String { folder.path + "/gestures" }
  private var training: String { gestures + "/trials_to_train.txt" }
  private var unseen: String { gestures + "/trials_to_test.txt" }

  private func write(_ more: String...) throws -> Program.End {
    let people = ["--scene", "gestures", "--train", "2", "--test", "1", "--seed", "9"]
    return try Program(
      "afferent-sensor", ["write", "--output", gestures, "--json"] + people + more
    ).end(timeout: .seconds(60))
  }

  @Test func aFolderIsWrittenThatIsReadAsDVSGestureIs() throws {
    let end = try write()
    #expect(end.status == 0, "\(end)")
    let source = try GestureRecordings(seed: 9)
    for (list, people) in [(training, [0, 1]), (unseen, [2])] {
      let set = try LabelledSet(path: list)
      #expect(set.classNames == Gesture.allCases.map(\.name))
      #expect(set.recordings.count == people.count)
      for (recording, person) in zip(set.recordings, people) {
        let made = source.recording(index: person)
        #expect(
          recording.stretches
            == made.trials.map {
              LabelledStretch(label: $0.gesture.rawValue - 1, begin: $0.begin, end: $0.end)
            })
        #expect(try RecordingReader.readAll(path: recording.path) == made.events)
      }
    }
  }

  @Test func onlyOwnRecordingsAreReplaced() throws {
    #expect(try write().status == 0)
    var end = try write()
    #expect(end.status == 1 && end.errors.contains("is not empty"), "\(end)")
    try folder.write("gestures/notes.txt", Data("mine".utf8))
    end = try write("--test", "0", "--force")
    #expect(end.status == 0, "\(end)")
    let files = try FileManager.default.contentsOfDirectory(atPath: gestures)
    #expect(files.contains("notes.txt") && !files.contains("user03.aedat"))
    try folder.write("gestures/user07_labels.csv", Data("mine".utf8))
    end = try write("--force")
    #expect(end.status == 1 && end.errors.contains("user07_labels.csv"), "\(end)")
  }

  @Test func theNetworkAndTheLinearReadoutTakeThem() throws {
    #expect(try write().status == 0)
    let config = Places.root.appendingPathComponent("Tools/lab/Examples/gestures.yaml").path
    let sets = ["--train", training, "--test", unseen, "--config", config, "--json"]
    let run = try Program("afferent-lab", ["run"] + sets).end(timeout: .seconds(100))
    #expect(run.status == 0, "\(run)")
    let test = try #require(try run.json()["test"] as? [String: Any])
    #expect(test["trials"] as? Int == 8)
    let end = try Program("afferent-lab", ["baseline", "--passes", "2"] + sets)
      .end(timeout: .seconds(100))
    #expect(end.status == 0, "\(end)")
    let baseline = try end.json()
    #expect(baseline["inputs"] as? Int == 2048)
    for key in ["one_pass", "converged"] {
      let score = try #require(baseline[key] as? [String: Any])
      #expect(score["trials"] as? Int == 8)
      let correct = try #require(score["correct"] as? Int)
      #expect(correct > 0)
    }
  }

  /// Two classes that differ in where events lie, or in which of two places comes first.
  @Test(arguments: [(false, 1.0), (true, 0.5)])
  func theLinearReadoutSeesPlacesButNotTimes(_ isOrder: Bool, _ expected: Double) throws {
    for part in ["Train", "Test"] {
      for index in 0..<6 {
        let label = index % 2
        let columns: [UInt16] = isOrder ? (label == 0 ? [5, 25] : [25, 5]) : [label == 0 ? 5 : 25]
        let events = columns.enumerated().flatMap { half, column in
          (0..<40).map {
            Event(t: Int64(half * 50_000 + $0 * 1000), x: column, y: UInt16($0 % 8), on: true)
          }
        }
        try folder.write(
          "places/\(part)/\(label)/\(index).bin", NMNISTCodec.encode(EventBatch(events)))
      }
    }
    let sets = ["--train", folder.path + "/places/Train", "--test", folder.path + "/places/Test"]
    let end = try Program("afferent-lab", ["baseline", "--passes", "3", "--json"] + sets)
      .end(timeout: .seconds(100))
    #expect(end.status == 0, "\(end)")
    let score = try #require(try end.json()["converged"] as? [String: Any])
    #expect(score["accuracy"] as? Double == expected)
  }

  @Test func withoutLabelsThereIsNoBaseline() throws {
    #expect(try write().status == 0)
    try FileManager.default.copyItem(
      atPath: gestures + "/user01.aedat", toPath: folder.path + "/alone.aedat")
    let end = try Program(
      "afferent-lab", ["baseline", "--train", folder.path + "/alone.aedat", "--test", unseen]
    ).end()
    #expect(end.status == 1 && end.errors.contains("alone.aedat"), "\(end)")
  }
}
