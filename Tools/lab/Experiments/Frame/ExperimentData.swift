import Events
import Foundation
import ToolSupport

/// The folder in which real data lie: `mnist/` with the four idx files, `nmnist/` with Train and Test; or such files and
/// folders themselves. Nothing is downloaded.
struct ExperimentData {
  let path: String

  init(_ path: String) { self.path = path }

  /// Images and their classes.
  struct Digits: Sendable {
    var images: IDXImages
    var labels: [UInt8]

    var count: Int { images.count }

    /// The first `count` of them, or all if there are no more.
    func prefix(_ count: Int) -> Digits { part(0..<min(count, images.count)) }

    /// The last `count` of them, or all if there are no more.
    func suffix(_ count: Int) -> Digits { part(max(images.count - count, 0)..<images.count) }

    private func part(_ range: Range<Int>) -> Digits {
      Digits(images: images.part(range), labels: Array(labels[range]))
    }
  }

  /// MNIST: 60000 images to learn from and 10000 to test on.
  func mnist() throws -> (train: Digits, test: Digits) {
    (try digits("train"), try digits("t10k"))
  }

  /// N-MNIST, or as much of it as is there.
  func nmnist() throws -> (train: LabelledSet, test: LabelledSet) {
    guard let place = placeOfNMNIST else {
      throw missing("N-MNIST", "nmnist/Train and nmnist/Test")
    }
    return (try LabelledSet(path: place + "/Train"), try LabelledSet(path: place + "/Test"))
  }

  /// One of the sets.
  enum Part {
    case mnist
    case nmnist
  }

  /// What files of `parts` there are, so that runs on others are told apart: the contents of the files of MNIST, the
  /// names and sizes of the recordings of N-MNIST.
  func fingerprint(_ parts: [Part]) throws -> String {
    var text = ""
    if parts.contains(.mnist) {
      for part in ["train", "t10k"] {
        for (stem, kind) in [("images", "idx3-ubyte"), ("labels", "idx1-ubyte")] {
          let content = try Data(
            contentsOf: URL(fileURLWithPath: try file("\(part)-\(stem)", kind)))
          text += SHA256.digest(of: [UInt8](content)) + "\n"
        }
      }
    }
    if parts.contains(.nmnist) {
      let sets = try nmnist()
      text += try Self.namesAndSizes(of: sets.train.recordings + sets.test.recordings)
    }
    return SHA256.digest(of: [UInt8](text.utf8))
  }

  /// A line for each recording.
  static func namesAndSizes(of recordings: [LabelledRecording]) throws -> String {
    try recordings.map { recording in
      let values = try URL(fileURLWithPath: recording.path).resourceValues(forKeys: [.fileSizeKey])
      return "\(recording.name) \(values.fileSize ?? 0)\n"
    }.joined()
  }

  var hasNMNIST: Bool { placeOfNMNIST != nil }

  private var placeOfNMNIST: String? {
    [path + "/nmnist", path + "/N-MNIST", path + "/NMNIST", path]
      .first { FileManager.default.fileExists(atPath: $0 + "/Train") }
  }

  private func digits(_ part: String) throws -> Digits {
    let images = try file("\(part)-images", "idx3-ubyte")
    let labels = try file("\(part)-labels", "idx1-ubyte")
    let digits = Digits(
      images: try IDXFile.images(path: images), labels: try IDXFile.labels(path: labels))
    guard digits.labels.count == digits.count else {
      throw ExperimentError(
        "\(labels) has \(digits.labels.count) labels, \(images) \(digits.count) images")
    }
    return digits
  }

  private func file(_ stem: String, _ kind: String) throws -> String {
    let folders = [path + "/mnist", path + "/MNIST/raw", path]
    let names = ["-", "."].flatMap { [stem + $0 + kind + ".gz", stem + $0 + kind] }
    for folder in folders {
      for name in names where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    throw missing("MNIST", "mnist/\(names[0])")
  }

  private func missing(_ set: String, _ what: String) -> ExperimentError {
    ExperimentError("--data \(path): there is no \(what) of \(set) in it")
  }
}
