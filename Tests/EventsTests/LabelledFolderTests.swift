import Events
import Foundation
import Testing

@Suite struct LabelledFolderTests {
  /// Makes empty files in a new folder.
  private func withFiles(_ paths: [String], _ body: (URL) throws -> Void) throws {
    try withFolder { root in
      for path in paths {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
      }
      try body(root)
    }
  }

  @Test func foldersNamedByNumbersKeepThemAsLabels() throws {
    let files = ["Train/10/b.bin", "Train/2/c.bs2", "Train/2/a.bin", "Train/2/notes.txt"]
    try withFiles(files) { root in
      let path = root.appending(path: "Train").path
      let folder = try LabelledFolder(path: path + "/")
      #expect(folder.path == path)
      #expect(folder.classNames == (0...10).map(String.init))
      #expect(
        folder.entries.map(\.name) == ["Train/2/a.bin", "Train/2/c.bs2", "Train/10/b.bin"])
      #expect(folder.entries.map(\.label) == [2, 2, 10])
      #expect(folder.entries.map(\.path) == folder.entries.map { "\(root.path)/\($0.name)" })
      #expect(LabelledFolder.isLabelledFolder(path))
    }
  }

  @Test func numbersMayHaveLeadingZeros() throws {
    try withFiles(["Train/03/a.bin", "Train/3/b.bin", "Train/007/c.bin"]) { root in
      let folder = try LabelledFolder(path: root.appending(path: "Train").path)
      #expect(folder.classNames.count == 8)
      #expect(
        folder.entries.map(\.name) == ["Train/03/a.bin", "Train/3/b.bin", "Train/007/c.bin"])
      #expect(folder.entries.map(\.label) == [3, 3, 7])
    }
  }

  @Test func namedClassesAreNumberedOverTrainAndTest() throws {
    let files = [
      "Train/dog/a.bin", "Train/cat/b.bin", "Test/dog/c.bin", "Test/bee/d.bin", "Other/ape/e.bin",
    ]
    try withFiles(files) { root in
      let train = try LabelledFolder(path: root.appending(path: "Train").path)
      let test = try LabelledFolder(path: root.appending(path: "Test").path)
      let other = try LabelledFolder(path: root.appending(path: "Other").path)
      #expect(train.classNames == ["bee", "cat", "dog"] && test.classNames == train.classNames)
      #expect(train.entries.map(\.label) == [1, 2])
      #expect(test.entries.map(\.label) == [0, 2])
      #expect(other.classNames == ["ape"] && other.entries.map(\.label) == [0])
    }
  }

  /// A name that is no number makes names of all.
  @Test func namesThatLookLikeNumbersStayApart() throws {
    let files = ["Train/5/a.bin", "Train/05/b.bin", "Train/10/c.bin", "Train/noise/d.bin"]
    try withFiles(files) { root in
      let folder = try LabelledFolder(path: root.appending(path: "Train").path)
      #expect(folder.classNames == ["05", "10", "5", "noise"])
      #expect(folder.entries.map(\.label) == [0, 1, 2, 3])
      #expect(
        folder.entries.map(\.name)
          == ["Train/05/b.bin", "Train/10/c.bin", "Train/5/a.bin", "Train/noise/d.bin"])
    }
    for name in ["-1", "1048576", "99999999999999999999"] {
      try withFiles(["Train/0/a.bin", "Train/\(name)/b.bin"]) { root in
        let folder = try LabelledFolder(path: root.appending(path: "Train").path)
        #expect(folder.classNames == ["0", name].sorted())
      }
    }
  }

  @Test func hiddenFilesAndFoldersAreNoRecordings() throws {
    let files = [
      "Train/1/a.bin", "Train/1/._a.bin", "Train/.cache/b.bin", "Train/2/.bin", "Train/x",
    ]
    try withFiles(files) { root in
      let folder = try LabelledFolder(path: root.appending(path: "Train").path)
      #expect(folder.entries.map(\.name) == ["Train/1/a.bin"])
      #expect(folder.classNames == ["0", "1"])
    }
  }

  @Test func saysWhatIsMissing() throws {
    let missing = #expect(throws: RecordingError.self) {
      try LabelledFolder(path: "/nonexistent/Train")
    }
    #expect(missing?.description == "/nonexistent/Train: the folder cannot be read")
    #expect(!LabelledFolder.isLabelledFolder("/nonexistent/Train"))
    try withFiles(["Train/3/a.bin", "Empty/4/readme.txt"]) { root in
      let empty = root.appending(path: "Empty").path
      let nothing = #expect(throws: RecordingError.self) { try LabelledFolder(path: empty) }
      #expect(
        nothing
          == .file(path: empty, reason: "no folders of recordings in it (expected <label>/*.bin)"))
      #expect(!LabelledFolder.isLabelledFolder(empty))
      let above = #expect(throws: RecordingError.self) { try LabelledFolder(path: root.path) }
      #expect(above?.description.hasSuffix("; name its folder Train or Test") == true)
      let file = root.appending(path: "Train/3/a.bin").path
      #expect(throws: RecordingError.file(path: file, reason: "the folder cannot be read")) {
        try LabelledFolder(path: file)
      }
    }
  }

  @Test func aPassHasItsOwnOrder() throws {
    try withFiles((0..<9).map { "Train/\($0 % 3)/\($0).bin" }) { root in
      let folder = try LabelledFolder(path: root.appending(path: "Train").path)
      #expect(folder.order(seed: nil, pass: 0) == folder.entries)
      #expect(folder.order(seed: nil, pass: 5) == folder.entries)
      // Worked out apart from this code, from the definitions of SplitMix64 and Fisher-Yates.
      let pinned = [
        (UInt64(7), 0, [8, 6, 4, 1, 0, 3, 5, 7, 2]), (7, 1, [8, 5, 6, 1, 3, 0, 4, 2, 7]),
        (8, 0, [8, 7, 6, 0, 2, 5, 4, 1, 3]),
      ]
      for (seed, pass, order) in pinned {
        #expect(folder.order(seed: seed, pass: pass) == order.map { folder.entries[$0] })
      }
      var orders: Set<[String]> = []
      for pass in 0..<100 {
        let names = folder.order(seed: 1, pass: pass).map(\.name)
        #expect(names.sorted() == folder.entries.map(\.name).sorted())
        orders.insert(names)
      }
      #expect(orders.count == 100)
    }
  }
}
