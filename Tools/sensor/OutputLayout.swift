import Events

/// Which files a folder of recordings has, and how they are called.
enum OutputLayout {
  /// `Train/<label>/NNNNN.bin` and `Test/<label>/NNNNN.bin`, as N-MNIST.
  case classes
  /// `userNN.aedat` with `userNN_labels.csv`, as DVS128 Gesture, and lists of those to train and to test.
  case trials

  static let trainingList = "trials_to_train.txt"
  static let testList = "trials_to_test.txt"
  static let classNames = "gesture_mapping.csv"

  var format: RecordingFormat {
    switch self {
    case .classes: .nmnist
    case .trials: .aedat3
    }
  }

  /// A recording of one class; `place` counts from 0, its file from 1.
  static func recording(label: Int, place: Int, isTest: Bool) -> String {
    "\(isTest ? "Test" : "Train")/\(label)/\(number(place + 1, digits: 5)).bin"
  }

  /// The recording of a person, counted from 0, and its labels.
  static func recording(person: Int) -> (events: String, labels: String) {
    let stem = "user\(number(person + 1, digits: 2))"
    return ("\(stem).aedat", "\(stem)_labels.csv")
  }

  /// Whether a file or folder with this name is of this layout, so that a new run replaces it.
  func owns(_ name: String) -> Bool {
    switch self {
    case .classes: name == "Train" || name == "Test"
    case .trials:
      [Self.trainingList, Self.testList, Self.classNames].contains(name)
        || (name.hasPrefix("user") && (name.hasSuffix(".aedat") || name.hasSuffix("_labels.csv")))
    }
  }

  /// Whether a file was written with the recording of a name.
  func belongs(_ name: String, to recording: String) -> Bool {
    switch self {
    case .classes: name == recording
    case .trials:
      !name.hasPrefix("user")
        || name.split { "._".contains($0) }.first
          == recording.split(separator: ".").first
    }
  }

  private static func number(_ value: Int, digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
