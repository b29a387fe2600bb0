import Events
import Foundation
import Learning
import Service
import Testing

/// The folder of generations.
@Suite(.timeLimit(.minutes(10))) struct CheckpointStoreTests {
  private static let geometry = SensorGeometry(width: 2, height: 2)

  /// A small model, told apart by its seed.
  private static func contents(_ seed: UInt64) throws -> Safetensors {
    var configuration = LearnerConfiguration()
    configuration.hidden.neurons = 4
    configuration.classes = 2
    configuration.seed = seed
    let network = try Network<Float>(configuration, inputs: geometry.addressCount)
    return try Checkpoint.contents(
      of: network, geometry: geometry,
      parts: ["stream/cam": CheckpointPart(text: "\(seed)")])
  }

  /// A folder with so many generations, of the seeds 1, 2, ...
  private static func folder(_ count: UInt64, keep: Int = 9) throws -> Folder {
    let folder = try Folder()
    let store = try CheckpointStore(folder.path, keep: keep)
    for seed in 1...count { _ = try store.write(try contents(seed)) }
    return folder
  }

  private static func seed(of file: Safetensors?) -> String? {
    file.flatMap { Checkpoint.parts(of: $0)["stream/cam"]?.text }
  }

  private static func files(_ folder: Folder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "lock" }
      .sorted()
  }

  @Test func theNewestAreKept() throws {
    let folder = try Self.folder(5, keep: 2)
    #expect(
      try Self.files(folder) == ["checkpoint-4.safetensors", "checkpoint-5.safetensors"])
    let store = try CheckpointStore(folder.path, keep: 2)
    let newest = try #require(try store.newest { Issue.record("\($0)") })
    #expect(Self.seed(of: newest.file) == "5" && newest.generation.number == 5)
    let size = try Data(contentsOf: URL(fileURLWithPath: newest.generation.path)).count
    #expect(newest.generation.bytes == size)
    #expect(try store.write(Self.contents(6)).number == 6)
    #expect(store.numbers == [6, 5])
  }

  @Test func anEmptyFolderHasNone() throws {
    let folder = try Folder()
    let deep = folder.path + "/a/b"
    #expect(try CheckpointStore(deep, keep: 1).newest { Issue.record("\($0)") } == nil)
    #expect(FileManager.default.fileExists(atPath: deep))
  }

  @Test func aFileCutAnywhereIsLeftOut() throws {
    let folder = try Self.folder(2)
    let path = folder.path + "/checkpoint-2.safetensors"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for part in 0..<50 {
      try whole.prefix(whole.count * part / 50).write(to: URL(fileURLWithPath: path))
      let store = try CheckpointStore(folder.path, keep: 9)
      var reasons: [String] = []
      let newest = try #require(try store.newest { reasons.append($0) })
      #expect(newest.generation.number == 1 && Self.seed(of: newest.file) == "1")
      #expect(reasons.count == 1 && reasons[0].hasPrefix(path + ": "), "\(reasons)")
      #expect(
        try Self.files(folder) == ["checkpoint-1.safetensors", "checkpoint-2.safetensors.damaged"])
    }
  }

  @Test func aFlippedBitIsSeenWhereverItIs() throws {
    let folder = try Self.folder(2)
    let path = folder.path + "/checkpoint-2.safetensors"
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 {
      var damaged = whole
      let place = Int(random.next() % UInt64(whole.count))
      damaged[place] ^= 1 << UInt8(random.next() % 8)
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      let newest = try CheckpointStore(folder.path, keep: 9).newest { _ in }
      // A blank that pads the header, or the case of a digit, says the same in another way.
      let isWhole = newest?.generation.number == 2
      #expect(!isWhole || Self.seed(of: newest?.file) == "2")
      #expect(isWhole || newest?.generation.number == 1, "bit at \(place)")
    }
  }

  @Test func damagedOnesDoNotMakeWholeOnesGo() throws {
    let folder = try Self.folder(4)
    for number in 2...4 {
      try Data("{".utf8).write(
        to: URL(fileURLWithPath: "\(folder.path)/checkpoint-\(number).safetensors"))
    }
    let store = try CheckpointStore(folder.path, keep: 2)
    var damaged = 0
    let newest = try store.newest { _ in damaged += 1 }
    #expect(newest?.generation.number == 1 && damaged == 3)
    // Numbers of damaged ones are not given again.
    #expect(try store.write(Self.contents(5)).number == 5)
    #expect(store.numbers == [5, 1])
    _ = try store.write(Self.contents(6))
    #expect(store.numbers == [6, 5])
    #expect(try Self.files(folder).count { $0.hasSuffix(".damaged") } == 3)
  }

  @Test func withoutAWholeOneNothingIsTouched() throws {
    let folder = try Self.folder(2)
    for name in try Self.files(folder) {
      try Data(repeating: 7, count: 99).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    let files = try Self.files(folder)
    for _ in 0..<2 {
      let error = #expect(throws: ConfigurationError.self) {
        _ = try CheckpointStore(folder.path, keep: 2).newest { _ in }
      }
      #expect(error?.description.contains("none of the 2 checkpoints in \(folder.path)") == true)
    }
    #expect(try Self.files(folder) == files)
  }

  /// Another attempt, or the other version, may still read them: nobody is to go back behind them unawares.
  @Test(arguments: [false, true])
  func whatIsNotDamagedIsNotLeftOut(_ isOfAnotherVersion: Bool) throws {
    let folder = try Self.folder(2)
    let path = folder.path + "/checkpoint-2.safetensors"
    if isOfAnotherVersion {
      var file = try Checkpoint.read(path)
      file.metadata["format"] = "afferent-checkpoint-999"
      try Checkpoint.write(file, to: path)
    } else {
      unlink(path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    let files = try Self.files(folder)
    let store = try CheckpointStore(folder.path, keep: 9)
    let error = #expect(throws: ConfigurationError.self) {
      _ = try store.newest { Issue.record("\($0)") }
    }
    let reason = isOfAnotherVersion ? "afferent-checkpoint-999" : "Is a directory"
    #expect(error?.description.hasPrefix(path + ": ") == true)
    #expect(error?.description.contains(reason) == true, "\(error as Any)")
    #expect(try Self.files(folder) == files)
  }

  @Test func otherFilesAreLeftAlone() throws {
    let folder = try Self.folder(1)
    let others = [
      "checkpoint-.safetensors", "checkpoint-02.safetensors", "checkpoint--1.safetensors",
      "checkpoint-99999999999999999999.safetensors", "checkpoint-18446744073709551615.safetensors",
      "checkpoint-3.safetensors.damaged", "checkpoint-4.txt", "notes.part",
      "checkpoint-1e3.safetensors",
    ]
    for name in others {
      try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    try Data("x".utf8).write(
      to: URL(fileURLWithPath: "\(folder.path)/checkpoint-2.safetensors.part"))
    let store = try CheckpointStore(folder.path, keep: 1)
    #expect(try store.newest { Issue.record("\($0)") }?.generation.number == 1)
    #expect(try store.write(Self.contents(2)).number == 4)
    #expect(try Self.files(folder) == (others + ["checkpoint-4.safetensors"]).sorted())
  }

  @Test func oneEngineHasTheFolder() throws {
    let folder = try Folder()
    let store = try CheckpointStore(folder.path, keep: 1)
    let error = #expect(throws: ConfigurationError.self) {
      _ = try CheckpointStore(folder.path, keep: 1)
    }
    #expect(error?.description.contains("another engine is at work in \(folder.path)") == true)
    _ = try store.write(try Self.contents(1))
  }

  @Test func theLockGoesWithItsEngine() throws {
    let folder = try Folder()
    for _ in 0..<3 { _ = try CheckpointStore(folder.path, keep: 1) }
  }

  @Test(arguments: [
    "", "..", "/etc/passwd", "../checkpoint-1.safetensors", "checkpoint-1.safetensors/",
    "./checkpoint-1.safetensors", "checkpoint-1.safetensors.damaged", "lock", "checkpoint-1",
    "checkpoint-1.safetensors\u{0}", "checkpoint-01.safetensors",
  ])
  func onlyNamesOfCheckpointsAreRead(_ name: String) throws {
    let folder = try Self.folder(1)
    let store = try CheckpointStore(folder.path, keep: 1)
    #expect(throws: ConfigurationError.self) { _ = try store.read(name) }
    #expect(Self.seed(of: try store.read("checkpoint-1.safetensors").file) == "1")
  }

  @Test func aFullDiskLeavesTheOlderGenerations() throws {
    let folder = try Folder()
    guard let disk = SmallDisk(at: folder.path, bytes: 64 << 10) else { return }
    let store = try CheckpointStore(folder.path, keep: 2)
    _ = try store.write(try Self.contents(1))
    let filler = folder.path + "/filler"
    try Data().write(to: URL(fileURLWithPath: filler))
    if let handle = FileHandle(forWritingAtPath: filler) {
      while (try? handle.write(contentsOf: Data(repeating: 0, count: 1024))) != nil {}
    }
    let error = #expect(throws: ConfigurationError.self) {
      _ = try store.write(try Self.contents(2))
    }
    #expect(error?.description.contains("No space left") == true, "\(String(describing: error))")
    #expect(try Self.files(folder) == ["checkpoint-1.safetensors", "filler"])
    unlink(filler)
    #expect(try store.write(try Self.contents(2)).number == 2)
    disk.makeReadOnly()
    let other = #expect(throws: ConfigurationError.self) {
      _ = try store.write(try Self.contents(3))
    }
    #expect(other?.description.contains("Read-only") == true, "\(String(describing: other))")
    #expect(store.numbers == [2, 1])
    #expect(Self.seed(of: try store.read("checkpoint-2.safetensors").file) == "2")
  }

  @Test func aFileInPlaceOfTheFolderIsNamed() throws {
    let folder = try Folder()
    let path = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ConfigurationError.self) { _ = try CheckpointStore(path, keep: 1) }
    #expect(error?.description.contains(path) == true)
  }
}
