import Foundation

/// Recordings sorted into folders by class: `<folder>/<label>/*.bin`, as N-MNIST and N-Caltech101 come.
public struct LabelledFolder: Sendable {
  /// One recording and its class.
  public struct Entry: Hashable, Sendable {
    /// Path of the file.
    public let path: String
    /// Last three parts of the path, such as `Train/5/00001.bin`: short, and the same on every machine.
    public let name: String
    /// Index of the class.
    public let label: Int
  }

  public let path: String
  /// Names of the classes; the index of a name is the label.
  public let classNames: [String]
  /// All recordings, by class and then by file name.
  public let entries: [Entry]

  /// Lists `path`.
  ///
  /// Folders named by numbers keep these as labels. Other names are numbered in alphabetical order, over the
  /// folder and its siblings `Train` and `Test`, so that both agree even where one lacks a class.
  ///
  /// - Throws: ``RecordingError/file(path:reason:)``.
  public init(path: String) throws(RecordingError) {
    let root = URL(fileURLWithPath: path).standardizedFileURL
    self.path = root.path
    let own = try Self.classFolders(of: root)
    guard !own.isEmpty else {
      let hint =
        FileManager.default.fileExists(atPath: root.appendingPathComponent("Train").path)
        ? "; name its folder Train or Test" : ""
      throw .file(
        path: path, reason: "no folders of recordings in it (expected <label>/*.bin)\(hint)")
    }
    let classNames: [String]
    var labels = own.map { Int($0) ?? -1 }
    if labels.allSatisfy((0..<1 << 20).contains) {
      classNames = (0...(labels.max() ?? 0)).map(String.init)
    } else {
      var names = Set(own)
      for sibling in ["Train", "Test"] where ["Train", "Test"].contains(root.lastPathComponent) {
        let folder = root.deletingLastPathComponent().appendingPathComponent(sibling)
        if let more = try? Self.classFolders(of: folder) { names.formUnion(more) }
      }
      classNames = names.sorted()
      labels = own.compactMap { classNames.firstIndex(of: $0) }
    }
    var entries: [Entry] = []
    for (label, folder) in zip(labels, own).sorted(by: <) {
      let directory = root.appendingPathComponent(folder)
      for file in try Self.contents(of: directory).sorted() where Self.isRecording(file) {
        let parts = [root.lastPathComponent, folder, file]
        entries.append(
          Entry(
            path: directory.appendingPathComponent(file).path, name: parts.joined(separator: "/"),
            label: label))
      }
    }
    self.classNames = classNames
    self.entries = entries
  }

  /// The recordings in the order of one pass: shuffled by `seed` and the number of the pass, or as listed.
  ///
  /// Files sorted by class are another task (class after class, each forgotten in turn); so shuffling is the default
  /// everywhere.
  public func order(seed: UInt64?, pass: Int) -> [Entry] {
    guard let seed else { return entries }
    var random = SplitMix64(seed: seed, stream: UInt64(pass))
    return random.permutation(of: entries.count).map { entries[$0] }
  }

  /// Whether `path` looks like a labelled folder.
  public static func isLabelledFolder(_ path: String) -> Bool {
    let folders = try? classFolders(of: URL(fileURLWithPath: path))
    return folders?.isEmpty == false
  }

  private static func isRecording(_ file: String) -> Bool {
    !file.hasPrefix(".") && (file.hasSuffix(".bin") || file.hasSuffix(".bs2"))
  }

  private static func classFolders(of root: URL) throws(RecordingError) -> [String] {
    try contents(of: root).filter { name in
      let directory = root.appendingPathComponent(name)
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: directory.path, isDirectory: &isDirectory),
        isDirectory.boolValue, !name.hasPrefix(".")
      else { return false }
      return (try? contents(of: directory))?.contains(where: isRecording) == true
    }
  }

  private static func contents(of directory: URL) throws(RecordingError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory.path)
    } catch {
      throw .file(path: directory.path, reason: "the folder cannot be read")
    }
  }
}
