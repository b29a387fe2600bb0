import Foundation

/// Recordings, and what is to be learned from them.
///
/// ``init(path:)`` tells by what stands at a path how the labels are written down:
///
/// | path | recordings | labels |
/// | --- | --- | --- |
/// | a folder of folders, as N-MNIST and N-Caltech101 come | `<label>/*`, of any format | the class of a whole recording |
/// | a folder with `<stem>_labels.csv`, as DVS-Gesture comes | `<stem>.*` beside them | trials amid a recording |
/// | a list such as `trials_to_train.txt` | one name a line, beside the list | the same |
/// | a table with the columns `path` and `label` | as it says, from its folder on | whole recordings, or trials amid them |
/// | a recording | this one | `<stem>_labels.csv` beside it; without, it is one trial without a class |
public struct LabelledSet: Sendable {
  public let path: String
  /// Names of the classes; the index of a name is the label.
  public let classNames: [String]
  /// All recordings, in an order that does not depend on the machine.
  public let recordings: [LabelledRecording]

  /// Lists what `path` holds. No recording is opened.
  ///
  /// - Throws: ``RecordingError/file(path:reason:)``; of tables and lists, the reason begins with the line.
  public init(path: String) throws(RecordingError) {
    var isDirectory: ObjCBool = false
    let url = URL(fileURLWithPath: path).standardizedFileURL
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw .file(path: path, reason: "no such file or folder")
    }
    if isDirectory.boolValue {
      let trials = try TrialFolder(url)
      try self.init(trials.isEmpty ? ClassFolder(url).set() : trials.set())
    } else if try Manifest.recognises(url) {
      try self.init(Manifest.set(of: url))
    } else if try TrialFolder.recognises(list: url) {
      try self.init(TrialFolder.set(list: url))
    } else {
      try self.init(TrialFolder.set(recording: url))
    }
  }

  init(path: String, classNames: [String], recordings: [LabelledRecording]) {
    (self.path, self.classNames, self.recordings) = (path, classNames, recordings)
  }

  private init(_ other: LabelledSet) { self = other }

  /// Trials whose class is known.
  public var labelledTrials: Int {
    recordings.reduce(0) { $0 + $1.stretches.count { $0.label != nil } }
  }

  /// The recordings in the order of one pass: shuffled by `seed` and the number of the pass, or as listed.
  ///
  /// Files sorted by class are another task (class after class, each forgotten in turn); so shuffling is the default
  /// everywhere.
  public func order(seed: UInt64?, pass: Int) -> [LabelledRecording] {
    guard let seed else { return recordings }
    var random = SplitMix64(seed: seed, stream: UInt64(pass))
    return random.permutation(of: recordings.count).map { recordings[$0] }
  }

  /// Labels are below this.
  static let mostClasses = 1 << 20
}
