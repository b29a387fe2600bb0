import ArgumentParser
import Events
import Foundation
import ToolSupport

struct Write: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write labelled recordings, as N-MNIST or DVS128 Gesture come.",
    discussion: """
      The folder gets Train/<label>/NNNNN.bin and Test/<label>/NNNNN.bin, five bytes an event, and digests.json with the \
      label, the number of events and their digest for every file. No drawing, image or noise is in both Train and Test: \
      the test recordings go on where the training recordings end, or come from images of their own.

      Of the gestures scene it gets one AEDAT 3.1 recording a person, userNN.aedat, with its trials in \
      userNN_labels.csv (class,startTime_usec,endTime_usec), the names of the classes in gesture_mapping.csv, and who is \
      to learn from and who to test on in trials_to_train.txt and trials_to_test.txt.

      EXAMPLES
        afferent-sensor write --output streams
        afferent-sensor write --output streams --train 1000 --test 200 --seed 7 --noise-hz 1
        afferent-sensor write --output gestures --scene gestures --train 24 --test 8
        afferent-sensor write --output mnist-events --scene idx --train 2000 --test 500 \\
          --images train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz \\
          --test-images t10k-images-idx3-ubyte.gz --test-labels t10k-labels-idx1-ubyte.gz
      """)

  @Option(name: .shortAndLong, help: "Folder to write; it must be new or empty.")
  var output: String
  @Option(help: "Number of training recordings (default: 400; gestures: 24 people).")
  var train: Int?
  @Option(help: "Number of test recordings (default: 100; gestures: 8 people).")
  var test: Int?
  @Option(help: "Seed of the drawings, the pixels and the noise.")
  var seed: UInt64 = 1
  @OptionGroup(title: "Scene") var scene: SceneOptions
  @Option(help: ArgumentHelp("Images for Test (default: go on in --images).", valueName: "file"))
  var testImages: String?
  @Option(help: ArgumentHelp("Labels of the images for Test.", valueName: "file"))
  var testLabels: String?
  @OptionGroup(title: "Sensor") var sensor: SensorOptions
  @Flag(help: "Replace the Train, Test and digests.json of an earlier run; other files stay.")
  var force = false
  @Flag(help: "Print the summary as one line of JSON.")
  var json = false

  func validate() throws {
    let (train, test) = counts
    guard (0...1_000_000).contains(train), (0...1_000_000).contains(test), train + test > 0 else {
      throw ValidationError("--train and --test must be 0 to 1000000, and not both 0")
    }
    guard (testImages == nil) == (testLabels == nil) else {
      throw ValidationError("--test-images and --test-labels go together")
    }
    guard testImages == nil || scene.scene == .idx else {
      throw ValidationError("--test-images and --test-labels belong to --scene idx")
    }
    let geometry = sensor.geometry(before: scene.scene)
    guard scene.scene == .gestures || (geometry.width <= 256 && geometry.height <= 240) else {
      throw ValidationError("the format holds sensors of at most 256x240 pixels")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-sensor") {
      let summary = scene.scene == .gestures ? try writeGestures() : try writeImages()
      if json { try Terminal.json(summary) } else { summary.lines.forEach(Terminal.line) }
    }
  }

  /// Recordings to learn from and to test on.
  var counts: (train: Int, test: Int) {
    let usual = scene.scene == .gestures ? (24, 8) : (400, 100)
    return (train ?? usual.0, test ?? usual.1)
  }

  private func writeImages() throws -> WriteSummary {
    let (train, test) = counts
    let source = try sensor.recordings(of: try scene.load(), seed: seed)
    let ownTest = try testSource()
    let testing = ownTest ?? source
    // Where the test recordings begin in their scene.
    let firstTest = ownTest == nil ? train : 0
    try check(source, holds: train, file: scene.images)
    try check(testing, holds: firstTest + test, file: testImages ?? scene.images)
    let folder = OutputFolder(path: output, layout: .classes)
    try folder.prepare(force: force)
    var summary = WriteSummary(folder: output, seed: seed)
    let bar = ProgressBar("write", total: train + test)
    for index in 0..<(train + test) {
      let isTest = index >= train
      let place = isTest ? index - train : index
      let (image, label) =
        isTest ? testing.image(index: firstTest + place) : source.image(index: index)
      // The noise goes by the index over both parts, so that it is another in each of them.
      let events = source.events(of: image, stream: UInt64(index))
      let name = OutputLayout.recording(label: label, place: place, isTest: isTest)
      let size = try folder.add(events, name: name, geometry: source.geometry, label: label)
      summary.add(events: events.count, bytes: size, isTest: isTest)
      summary.add(trial: "\(label)", events: events.count, isTest: isTest)
      bar.update(index + 1, "\(Format.count(summary.events)) events")
    }
    bar.finish()
    try folder.finish()
    return summary
  }

  private func testSource() throws -> SimulatedRecordings? {
    guard let testImages, let testLabels else { return nil }
    return try sensor.recordings(
      of: try SceneOptions.load(images: testImages, labels: testLabels), seed: seed)
  }

  /// An image that comes again would be a recording seen before.
  private func check(_ source: SimulatedRecordings, holds count: Int, file: String?) throws {
    guard let images = source.imageCount, count > images else { return }
    throw WriteError("\(file ?? "the data set") holds \(images) images, but \(count) are asked for")
  }
}

/// A folder that cannot be written as asked.
struct WriteError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
