import Foundation

/// Recordings sorted into folders by class: `<folder>/<label>/*`.
struct ClassFolder {
  private let root: URL
  private let classes: [(name: String, recordings: [String])]

  init(_ root: URL) throws(RecordingError) {
    self.root = root
    classes = try Self.classes(of: root)
    for (name, recordings) in classes {
      try RecordingNames.refuseDoubles(
        among: recordings, in: root.appendingPathComponent(name))
    }
    guard classes.isEmpty else { return }
    let inner = try RecordingNames.contents(of: root).sorted().filter { name in
      let folder = root.appendingPathComponent(name)
      return !name.hasPrefix(".") && RecordingNames.isFolder(folder)
        && (try? Self.classes(of: folder))?.isEmpty == false
    }
    let hint = inner.isEmpty ? "" : "; name its folder " + inner.prefix(5).joined(separator: " or ")
    throw .file(
      path: root.path,
      reason:
        "no recordings with labels in it (expected <label>/*.bin or the like, or *_labels.csv)"
        + hint)
  }

  /// Folders named by numbers keep these as labels. Other names are numbered in alphabetical order, over all
  /// parts of the set, such as `Train` and `Test`, so that they agree even where one lacks a class.
  func set() -> LabelledSet {
    let own = classes.map(\.name)
    let classNames: [String]
    var labels = own.map { Int($0) ?? -1 }
    if labels.allSatisfy((0..<LabelledSet.mostClasses).contains) {
      classNames = (0...(labels.max() ?? 0)).map(String.init)
    } else {
      var names = Set(own)
      for part in RecordingNames.parts(beside: root) {
        if let more = try? Self.classes(of: part) { names.formUnion(more.map(\.name)) }
      }
      classNames = names.sorted()
      labels = own.compactMap { classNames.firstIndex(of: $0) }
    }
    let recordings = zip(labels, classes).sorted { ($0.0, $0.1.name) < ($1.0, $1.1.name) }
      .flatMap { label, folder in
        folder.recordings.map { file in
          LabelledRecording(
            path: root.appendingPathComponent(folder.name).appendingPathComponent(file).path,
            name: [root.lastPathComponent, folder.name, file].joined(separator: "/"),
            stretches: [LabelledStretch(label: label)])
        }
      }
    return LabelledSet(path: root.path, classNames: classNames, recordings: recordings)
  }

  /// The folders of `root` that hold recordings. What N-Caltech101 calls background is no class.
  private static func classes(
    of root: URL
  ) throws(RecordingError) -> [(name: String, recordings: [String])] {
    try RecordingNames.contents(of: root).compactMap { name in
      let folder = root.appendingPathComponent(name)
      guard !name.hasPrefix("."), name != "BACKGROUND_Google", RecordingNames.isFolder(folder),
        let files = try? RecordingNames.contents(of: folder)
      else { return nil }
      let recordings = RecordingNames.recordings(among: files)
      return recordings.isEmpty ? nil : (name, recordings)
    }
  }
}
