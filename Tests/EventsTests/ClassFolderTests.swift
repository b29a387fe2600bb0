import Events
import Foundation
import Testing

@Suite struct ClassFolderTests {
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
      let folder = try LabelledSet(path: path + "/")
      #expect(folder.path == path)
      #expect(folder.classNames == (0...10).map(String.init))
      #expect(
        folder.recordings.map(\.name) == ["Train/2/a.bin", "Train/2/c.bs2", "Train/10/b.bin"])
      #expect(folder.recordings.map(\.label) == [2, 2, 10])
      #expect(folder.recordings.map(\.path) == folder.recordings.map { "\(root.path)/\($0.name)" })
      #expect(folder.labelledTrials == 3 && folder.recordings.allSatisfy(\.isWhole))
    }
  }

  @Test func numbersMayHaveLeadingZeros() throws {
    try withFiles(["Train/03/a.bin", "Train/3/b.bin", "Train/007/c.bin"]) { root in
      let folder = try LabelledSet(path: root.appending(path: "Train").path)
      #expect(folder.classNames.count == 8)
      #expect(
        folder.recordings.map(\.name) == ["Train/03/a.bin", "Train/3/b.bin", "Train/007/c.bin"])
      #expect(folder.recordings.map(\.label) == [3, 3, 7])
    }
  }

  @Test func namedClassesAreNumberedOverTrainAndTest() throws {
    let files = [
      "Train/dog/a.bin", "Train/cat/b.bin", "Test/dog/c.bin", "Test/bee/d.bin", "Other/ape/e.bin",
    ]
    try withFiles(files) { root in
      let train = try LabelledSet(path: root.appending(path: "Train").path)
      let test = try LabelledSet(path: root.appending(path: "Test").path)
      let other = try LabelledSet(path: root.appending(path: "Other").path)
      #expect(train.classNames == ["bee", "cat", "dog"] && test.classNames == train.classNames)
      #expect(train.recordings.map(\.label) == [1, 2])
      #expect(test.recordings.map(\.label) == [0, 2])
      #expect(other.classNames == ["ape"] && other.recordings.map(\.label) == [0])
    }
  }

  @Test func partsMayBeCalledInOtherWays() throws {
    let files = [
      "train/dog/a.bin", "TEST/bee/b.bin", "val/cat/c.bin", "Valid/cow/d.bin",
      "validation/eel/e.bin", "dev/fox/f.bin", "testing/gnu/g.bin", "test.bin/hen/h.bin",
    ]
    let names = ["bee", "cat", "cow", "dog", "eel", "fox"]
    try withFiles(files) { root in
      for (part, label) in [
        ("train", 3), ("TEST", 0), ("val", 1), ("Valid", 2), ("validation", 4), ("dev", 5),
      ] {
        let set = try LabelledSet(path: root.appending(path: part).path)
        #expect(set.classNames == names && set.recordings.map(\.label) == [label])
      }
      let other = try LabelledSet(path: root.appending(path: "testing").path)
      #expect(other.classNames == ["gnu"])
    }
  }

  /// A name that is no number makes names of all.
  @Test func namesThatLookLikeNumbersStayApart() throws {
    let files = ["Train/5/a.bin", "Train/05/b.bin", "Train/10/c.bin", "Train/noise/d.bin"]
    try withFiles(files) { root in
      let folder = try LabelledSet(path: root.appending(path: "Train").path)
      #expect(folder.classNames == ["05", "10", "5", "noise"])
      #expect(folder.recordings.map(\.label) == [0, 1, 2, 3])
      #expect(
        folder.recordings.map(\.name)
          == ["Train/05/b.bin", "Train/10/c.bin", "Train/5/a.bin", "Train/noise/d.bin"])
    }
    for name in ["-1", "1048576", "99999999999999999999"] {
      try withFiles(["Train/0/a.bin", "Train/\(name)/b.bin"]) { root in
        let folder = try LabelledSet(path: root.appending(path: "Train").path)
        #expect(folder.classNames == ["0", name].sorted())
      }
    }
  }

  @Test func hiddenFilesAndFoldersAreNoRecordings() throws {
    let files = [
      "Train/1/a.bin", "Train/1/._a.bin", "Train/.cache/b.bin", "Train/2/.bin", "Train/x",
    ]
    try withFiles(files) { root in
      let folder = try LabelledSet(path: root.appending(path: "Train").path)
      #expect(folder.recordings.map(\.name) == ["Train/1/a.bin"])
      #expect(folder.classNames == ["0", "1"])
    }
  }

  /// N-Caltech101 keeps outlines beside its recordings, under names that end alike.
  @Test func whatIsBesideTheClassesOfNCaltech101IsLeftOut() throws {
    let files = [
      "Caltech101/ant/image_0001.bin", "Caltech101/BACKGROUND_Google/image_0001.bin",
      "Caltech101/bee/image_0001.bin", "Caltech101_annotations/ant/annotation_0001.bin",
    ]
    try withFiles(files) { root in
      let set = try LabelledSet(path: root.appending(path: "Caltech101").path)
      #expect(set.classNames == ["ant", "bee"])
      #expect(
        set.recordings.map(\.name)
          == ["Caltech101/ant/image_0001.bin", "Caltech101/bee/image_0001.bin"])
      let above = #expect(throws: RecordingError.self) { try LabelledSet(path: root.path) }
      #expect(above?.description.hasSuffix("; name its folder Caltech101") == true)
      #expect(throws: RecordingError.self) {
        try LabelledSet(path: root.appending(path: "Caltech101_annotations").path)
      }
    }
  }

  /// Files are told by their names; those of text count only where no others are.
  @Test func recordingsOfAllFormatsAreTaken() throws {
    let names = [
      "a.aedat", "b.aedat4", "c.bin", "d.bs2", "e.bs3", "f.dat", "g.es", "h.npy", "i.raw", "J.RAW",
    ]
    let others = ["notes.txt", "notes.csv", "i.raw.bias", "tmp_index", "raw"]
    try withFiles(
      (names + others).map { "Set/0/\($0)" }
        + ["Set/1/a.txt", "Set/1/b.csv", "Set/1/README.txt", "Set/1/b_labels.csv"]
    ) { root in
      let set = try LabelledSet(path: root.appending(path: "Set").path)
      #expect(
        set.recordings.map(\.name)
          == names.sorted().map { "Set/0/\($0)" } + ["Set/1/a.txt", "Set/1/b.csv"])
    }
  }

  @Test(arguments: [("a.bin", "a.npy"), ("b.aedat", "b.aedat4"), ("c.csv", "c.txt")])
  func twoRecordingsOfOneNameAreRefused(_ one: String, _ other: String) throws {
    try withFiles(["Set/0/\(one)", "Set/0/\(other)", "Set/1/d.bin"]) { root in
      let set = root.appending(path: "Set")
      let error = #expect(throws: RecordingError.self) { try LabelledSet(path: set.path) }
      let start = "\(set.path)/0: \(one) and \(other) are two recordings of one name"
      #expect(error?.description.hasPrefix(start) == true, "\(error as Any)")
    }
    // In folders apart they are two.
    try withFiles(["Set/0/\(one)", "Set/1/\(other)"]) { root in
      let set = try LabelledSet(path: root.appending(path: "Set").path)
      #expect(set.recordings.map(\.name) == ["Set/0/\(one)", "Set/1/\(other)"])
    }
  }

  @Test func saysWhatIsMissing() throws {
    let missing = #expect(throws: RecordingError.self) {
      try LabelledSet(path: "/nonexistent/Train")
    }
    #expect(missing?.description == "/nonexistent/Train: no such file or folder")
    try withFiles(["Train/3/a.bin", "Empty/4/readme.txt"]) { root in
      let empty = root.appending(path: "Empty").path
      let nothing = #expect(throws: RecordingError.self) { try LabelledSet(path: empty) }
      #expect(nothing?.description.hasPrefix("\(empty): no recordings with labels in it") == true)
      let above = #expect(throws: RecordingError.self) { try LabelledSet(path: root.path) }
      #expect(above?.description.hasSuffix("; name its folder Train") == true)
    }
  }

  @Test func aPassHasItsOwnOrder() throws {
    try withFiles((0..<9).map { "Train/\($0 % 3)/\($0).bin" }) { root in
      let folder = try LabelledSet(path: root.appending(path: "Train").path)
      #expect(folder.order(seed: nil, pass: 0) == folder.recordings)
      #expect(folder.order(seed: nil, pass: 5) == folder.recordings)
      // Worked out apart from this code, from the definitions of SplitMix64 and Fisher-Yates.
      let pinned = [
        (UInt64(7), 0, [8, 6, 4, 1, 0, 3, 5, 7, 2]), (7, 1, [8, 5, 6, 1, 3, 0, 4, 2, 7]),
        (8, 0, [8, 7, 6, 0, 2, 5, 4, 1, 3]),
      ]
      for (seed, pass, order) in pinned {
        #expect(folder.order(seed: seed, pass: pass) == order.map { folder.recordings[$0] })
      }
      var orders: Set<[String]> = []
      for pass in 0..<100 {
        let names = folder.order(seed: 1, pass: pass).map(\.name)
        #expect(names.sorted() == folder.recordings.map(\.name).sorted())
        orders.insert(names)
      }
      #expect(orders.count == 100)
    }
  }
}
