import Events
import Foundation
import Testing

/// Sets whose labels are written in tables: DVS-Gesture's folders and lists, and manifests.
@Suite struct LabelledSetTests {
  /// Makes files in a new folder.
  private func withFiles(_ files: [String: String], _ body: (URL) throws -> Void) throws {
    try withFolder { root in
      for (path, content) in files {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
      }
      try body(root.standardizedFileURL)
    }
  }

  /// As the recordings of Amir et al. 2017 come.
  private static let gestures = [
    "user01_led.aedat": "", "user02_led.aedat": "", "user03_lab.aedat": "", "user04_lab.aedat": "",
    "user01_led_labels.csv": "class,startTime_usec,endTime_usec\r\n2,100,200\r\n11,250,300\r\n",
    "user02_led_labels.csv": "class,startTime_usec,endTime_usec\n",
    "user03_lab_labels.csv": "class,startTime_usec,endTime_usec\n3,50,60\n1,10,50\n",
    "gesture_mapping.csv": "action,label\nhand_clapping,1\nright_hand_wave,2\nother_gestures,11\n",
    "trials_to_train.txt": "user03_lab.aedat\nuser01_led.aedat\n\n",
    "trials_to_test.txt": "user02_led.aedat\n", "README.txt": "", "errata.txt": "user01_led",
  ]

  @Test func foldersOfDVSGestureHaveTrialsAmidRecordings() throws {
    try withFiles(Self.gestures) { root in
      let all = try LabelledSet(path: root.path)
      #expect(all.path == root.path)
      #expect(
        all.recordings.map(\.name) == ["user01_led.aedat", "user02_led.aedat", "user03_lab.aedat"])
      #expect(all.recordings[0].path == root.appending(path: "user01_led.aedat").path)
      #expect(
        all.recordings[0].stretches == [
          LabelledStretch(label: 1, begin: 100, end: 200),
          LabelledStretch(label: 10, begin: 250, end: 300),
        ])
      #expect(all.recordings[1].stretches.isEmpty)
      // By time, and one may begin where another ends.
      #expect(all.recordings[2].stretches.map(\.label) == [0, 2])
      #expect(all.labelledTrials == 4 && !all.recordings.contains(where: \.isWhole))
      #expect(all.classNames.count == 11)
      #expect(all.classNames[0] == "hand_clapping" && all.classNames[10] == "other_gestures")
      #expect(all.classNames[5] == "6")
    }
  }

  @Test func listsNameAPart() throws {
    try withFiles(Self.gestures) { root in
      let train = try LabelledSet(path: root.appending(path: "trials_to_train.txt").path)
      #expect(train.recordings.map(\.name) == ["user03_lab.aedat", "user01_led.aedat"])
      #expect(train.labelledTrials == 4 && train.classNames.count == 11)
      let test = try LabelledSet(path: root.appending(path: "trials_to_test.txt").path)
      #expect(test.recordings.map(\.name) == ["user02_led.aedat"])
      let pass = train.order(seed: 1, pass: 0)
      #expect(Set(pass) == Set(train.recordings))
      #expect(train.order(seed: nil, pass: 3) == train.recordings)
    }
  }

  @Test func aRecordingAloneHasTheLabelsBesideIt() throws {
    try withFiles(Self.gestures) { root in
      let one = try LabelledSet(path: root.appending(path: "user01_led.aedat").path)
      #expect(one.recordings.map(\.path) == [one.path])
      #expect(one.recordings[0].stretches.map(\.label) == [1, 10])
      let other = try LabelledSet(path: root.appending(path: "user04_lab.aedat").path)
      #expect(other.recordings[0].stretches == [LabelledStretch(label: nil)])
      #expect(other.recordings[0].isWhole && other.labelledTrials == 0)
    }
  }

  @Test func withoutNamesClassesAreNumberedFromOne() throws {
    var files = Self.gestures
    files["gesture_mapping.csv"] = nil
    try withFiles(files) { root in
      let set = try LabelledSet(path: root.path)
      #expect(set.classNames == (1...11).map(String.init))
    }
  }

  @Test(arguments: [
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,5,9\n0,10,20", "line 3"),
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\n12,5,9", "line 2"),
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\nwave,5,9", "\"wave\""),
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,9,9", "line 2: the trial ends"),
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,5,9.5", "line 2: endTime_usec"),
    ("user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,,9", "without startTime_usec"),
    (
      "user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,5,9\n1,20,30\n2,8,9\n",
      "line 4: the trial overlaps that of line 2"
    ),
    (
      "user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,5,9,4\n",
      "line 2: 4 fields in 3 columns"
    ),
    (
      "user01_led_labels.csv", "class,startTime_usec,endTime_usec\n1,-9223372036854775808,4\n",
      "line 2: startTime_usec"
    ),
    ("user01_led_labels.csv", "class,start\n", "line 1: no column \"startTime_usec\""),
    ("user01_led_labels.csv", "class,\"start\n", "line 1: a quote is not closed"),
    ("user01_led_labels.csv", "\n", "it is empty"),
    ("gesture_mapping.csv", "action,label\nwave,x\n", "line 2: a label that is no number"),
    ("trials_to_train.txt", "user01_led.aedat\nuser09.aedat", "line 2: no such file: user09.aedat"),
    (
      "trials_to_train.txt", "user04_lab.aedat",
      "line 1: no user04_lab_labels.csv beside user04_lab.aedat"
    ),
    (
      "trials_to_train.txt", "user01_led.aedat\n./user01_led.aedat",
      "line 2: ./user01_led.aedat has the labels of line 1"
    ),
  ])
  func whatIsWrongIsNamedWithItsLine(_ name: String, _ text: String, _ reason: String) throws {
    var files = Self.gestures
    files[name] = text
    try withFiles(files) { root in
      let error = #expect(throws: RecordingError.self) {
        try LabelledSet(path: root.appending(path: "trials_to_train.txt").path)
      }
      let description = try #require(error).description
      #expect(description.hasPrefix(root.appending(path: name).path + ": "), "\(description)")
      #expect(description.contains(reason), "\(description)")
    }
  }

  @Test func notesBesideARecordingAreNone() throws {
    var files = Self.gestures
    files["user01_led.txt"] = "The light was off for a while."
    files["user03_lab.csv"] = "light,person\n"
    try withFiles(files) { root in
      let set = try LabelledSet(path: root.path)
      #expect(
        set.recordings.map(\.name) == ["user01_led.aedat", "user02_led.aedat", "user03_lab.aedat"])
    }
    // A text may be the recording.
    files["user03_lab.aedat"] = nil
    try withFiles(files) { root in
      let set = try LabelledSet(path: root.path)
      #expect(
        set.recordings.map(\.name) == ["user01_led.aedat", "user02_led.aedat", "user03_lab.csv"])
    }
  }

  @Test(arguments: [("user01_led.aedat", "user01_led.npy"), ("a.csv", "a.txt")])
  func twoRecordingsOfOneNameAreRefused(_ one: String, _ other: String) throws {
    var files = Self.gestures
    files["a_labels.csv"] = files["user01_led_labels.csv"]
    (files[one], files[other]) = ("", "")
    files["both.txt"] = "user02_led.aedat\n\(one)\n\(other)\n"
    try withFiles(files) { root in
      let error = #expect(throws: RecordingError.self) { try LabelledSet(path: root.path) }
      let start = "\(root.path): \(one) and \(other) are two recordings of one name"
      #expect(error?.description.hasPrefix(start) == true, "\(error as Any)")
      let list = root.appending(path: "both.txt").path
      let listed = #expect(throws: RecordingError.self) { try LabelledSet(path: list) }
      #expect(listed?.description == "\(list): line 3: \(other) has the labels of line 2")
    }
  }

  // MARK: - Manifests

  @Test func tablesHaveLimits() throws {
    let rows = 1 << 18
    let commas = String(repeating: ",", count: 6)
    for (text, reason) in [
      (
        "path,label\n" + String(repeating: "a,\n", count: rows + 1),
        "line 262146: the limit is 262144 rows"
      ),
      (
        "path,label\(commas)\n" + String(repeating: "a,\(commas)\n", count: rows),
        "line 262145: the limit is 2097152 fields in all"
      ),
    ] {
      try withFiles(["t.csv": text]) { root in
        let path = root.appending(path: "t.csv").path
        let error = #expect(throws: RecordingError.self) { try LabelledSet(path: path) }
        #expect(error?.description == "\(path): \(reason)")
      }
    }
  }

  /// Blank lines are counted, but no rows.
  @Test func blankLinesTakeNoRoom() throws {
    let blank = String(repeating: "\n \r\n", count: 1 << 18)
    let table = "path,label\r\n" + blank + "a.bin , 4\t\r\n" + blank
    try withFiles(["a.bin": "", "t.csv": table, "u.csv": table + "b.bin,1"]) { root in
      let set = try LabelledSet(path: root.appending(path: "t.csv").path)
      #expect(set.recordings.map(\.name) == ["a.bin"] && set.recordings.map(\.label) == [4])
      let path = root.appending(path: "u.csv").path
      let error = #expect(throws: RecordingError.self) { try LabelledSet(path: path) }
      #expect(error?.description == "\(path): line 1048579: no such file: b.bin")
    }
  }

  @Test func tablesNameWholeRecordingsByNumber() throws {
    let table = "\u{FEFF}path,label,events\n1/a.bin,3,5000\n\"2/b, c.raw\",0,1\n\n1/d.bin,,2\n"
    let files = ["1/a.bin": "", "2/b, c.raw": "", "1/d.bin": "", "all.csv": table]
    try withFiles(files) { root in
      let set = try LabelledSet(path: root.appending(path: "all.csv").path)
      #expect(set.recordings.map(\.name) == ["1/a.bin", "2/b, c.raw", "1/d.bin"])
      #expect(set.recordings[1].path == root.appending(path: "2/b, c.raw").path)
      #expect(set.recordings.map(\.label) == [3, 0, nil])
      #expect(set.recordings.allSatisfy { $0.isWhole })
      #expect(set.classNames == ["0", "1", "2", "3"] && set.labelledTrials == 2)
    }
  }

  @Test func tablesNameTrialsOfARecording() throws {
    let table = "label,end_us,path,start_us\n1,,a.es,500\n0,400,a.es,\n2,,b.es,7\n1,500,a.es,410\n"
    try withFiles(["a.es": "", "b.es": "", "t.csv": table]) { root in
      let set = try LabelledSet(path: root.appending(path: "t.csv").path)
      #expect(set.recordings.map(\.name) == ["a.es", "b.es"])
      #expect(
        set.recordings[0].stretches == [
          LabelledStretch(label: 0, end: 400), LabelledStretch(label: 1, begin: 410, end: 500),
          LabelledStretch(label: 1, begin: 500),
        ])
      #expect(set.recordings[1].stretches == [LabelledStretch(label: 2, begin: 7)])
    }
  }

  @Test func namesAreNumberedOverTheParts() throws {
    let files = [
      "Val.csv": "path,label\na.bin,nod",
      "a.bin": "", "b.bin": "", "train.csv": "path,label\na.bin,wave\nb.bin,clap",
      "test.csv": "path,label\na.bin,roll\nb.bin,wave", "other.csv": "path,label\na.bin,wave",
    ]
    try withFiles(files) { root in
      for (name, labels) in [("train.csv", [3, 0]), ("test.csv", [2, 3]), ("Val.csv", [1])] {
        let set = try LabelledSet(path: root.appending(path: name).path)
        #expect(set.classNames == ["clap", "nod", "roll", "wave"])
        #expect(set.recordings.map(\.label) == labels)
      }
      let other = try LabelledSet(path: root.appending(path: "other.csv").path)
      #expect(other.classNames == ["wave"] && other.recordings.map(\.label) == [0])
    }
  }

  @Test(arguments: [
    ("path,label\na.bin,1\nz.bin,2", "line 3: no such file: z.bin"),
    ("path,label\n.,1", "line 2: no such file: ."),
    ("path,label\n,1", "line 2: a row without a path"),
    ("path,label\na.bin,1\nb.bin,-1", "line 3: the label is -1"),
    ("path,label\na.bin,1048576", "line 2: the label is 1048576"),
    ("path,label\na.bin,99999999999999999999", "line 2: the label is 99999999999999999999"),
    ("path,label\na.bin,1\nb.bin,1\na.bin,1", "line 4: the trial overlaps that of line 2"),
    ("path,label,start_us\na.bin,1,5\na.bin,2,5", "line 3: the trial overlaps that of line 2"),
    (
      "path,label,start_us,end_us\na.bin,1,5,9\na.bin,1,8,9",
      "line 3: the trial overlaps that of line 2"
    ),
    ("path,label,start_us,end_us\na.bin,1,5,5", "line 2: the trial ends at 5 us, not after"),
  ])
  func whatIsWrongInATableIsNamedWithItsLine(_ table: String, _ reason: String) throws {
    try withFiles(["a.bin": "", "b.bin": "", "t.csv": table]) { root in
      let path = root.appending(path: "t.csv").path
      let error = #expect(throws: RecordingError.self) { try LabelledSet(path: path) }
      #expect(error?.description.hasPrefix("\(path): \(reason)") == true, "\(error as Any)")
    }
  }

  /// Texts that hold events are recordings.
  @Test func otherTextsAreNeitherListsNorTables() throws {
    let files = ["a.csv": "t,x,y,on\n1,2,3,1\n", "b.txt": "0.5 1 2 1\n", "c.txt": "", "d.csv": ""]
    try withFiles(files) { root in
      for name in files.keys {
        let path = root.appending(path: name).path
        let set = try LabelledSet(path: path)
        #expect(set.recordings.map(\.path) == [path])
        #expect(set.recordings[0].stretches == [LabelledStretch(label: nil)])
      }
    }
  }

  @Test func namesThatAreTooLongForMessagesLoseTheirBeginning() throws {
    let path = String(repeating: "\u{E9}/", count: 150) + "a.bin"
    try withFiles([path: "", "t.csv": "path,label\n\(path),1\n"]) { root in
      let set = try LabelledSet(path: root.appending(path: "t.csv").path)
      #expect(set.recordings[0].name.utf8.count <= 200)
      #expect(set.recordings[0].name.hasSuffix("/\u{E9}/a.bin"))
    }
  }
}
