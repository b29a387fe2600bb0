import Events
import Foundation
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

private func configuration(
  _ way: Way, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    way.apply(to: &$0)
    $0.initialisation.inputGain = 3
    $0.optimiser.learningRate = 0.002
    // The running rates then matter for what is learned later.
    $0.regulariser.strength = 2
    $0.regulariser.tau = 100
    change(&$0)
  }
}

private func train(_ session: Session, _ trials: Range<Int>) {
  for trial in trials {
    session.label(StreamLabel(t: 0, label: trial % 3))
    session.send(
      randomEvents(geometry, from: 0, duration: 40_000, meanInterval: 150, seed: UInt64(trial)))
    session.end(at: 40_000)
  }
}

@Suite struct CheckpointTests {
  @Test("A run that was resumed has the bits of one that was not", arguments: Way.allCases)
  func resumes(way: Way) throws {
    let folder = try Folder()
    let path = folder.file("new/folder/model.safetensors")
    let whole = try Session(configuration(way))
    train(whole, 0..<5)
    try Checkpoint.save(whole.network, geometry: geometry, to: path)
    let atSave = whole.outcome
    train(whole, 5..<9)
    #expect(whole.network.weightsDigest != atSave.digest)

    // Another seed: whatever is not in the file would show.
    let resumed = try Session(configuration(way) { $0.seed = 99 })
    train(resumed, 0..<2)
    try Checkpoint.load(path, into: resumed.network)
    #expect(resumed.network.weightsDigest == atSave.digest)
    #expect(resumed.network.firingRates == atSave.rates)
    #expect(resumed.network.updates == (way == .sgdByStep ? 0 : 5))
    train(resumed, 5..<9)
    #expect(resumed.network.weightsDigest == whole.network.weightsDigest)
    #expect(resumed.network.firingRates == whole.network.firingRates)
    #expect(resumed.finals.suffix(4) == whole.finals.suffix(4))
  }

  @Test func aFollowerSeesAllRowsAfterLoading() throws {
    let folder = try Folder()
    let path = folder.file("model")
    let one = try Session(configuration(.adamByTrial))
    try Checkpoint.save(one.network, geometry: geometry, to: path)
    let other = try Session(configuration(.adamByTrial) { $0.seed = 5 })
    var copy = try ModelWeights(full: other.network.fullMessage())
    _ = other.network.deltaMessage()
    try Checkpoint.load(path, into: other.network)
    try copy.apply(delta: other.network.deltaMessage())
    #expect(copy.digest == one.network.weightsDigest)
  }

  @Test func savingReplacesTheFileAndLeavesNothingElse() throws {
    let folder = try Folder()
    let path = folder.file("model")
    let session = try Session(configuration(.adamByTrial))
    try Checkpoint.save(session.network, geometry: geometry, to: path)
    train(session, 0..<1)
    try Checkpoint.save(session.network, geometry: geometry, to: path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    let resumed = try Session(configuration(.adamByTrial))
    try Checkpoint.load(path, into: resumed.network)
    #expect(resumed.network.weightsDigest == session.network.weightsDigest)
    // The weights in it are what any reader of safetensors finds.
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let file = try Safetensors([UInt8](data))
    #expect(file["input.weight"]?.shape == [72, 12])
    #expect(file["input.weight"]?.floats == session.network.input.weights.contents)
    #expect(file["readout.weight"]?.floats == session.network.readout.weights.contents)
    #expect(file.metadata["sensor"] == "6x6")
    #expect(file.metadata["weights_sha256"] == session.network.weightsDigest)
    let saved = try JSONDecoder().decode(
      LearnerConfiguration.self, from: Data((file.metadata["configuration"] ?? "").utf8))
    #expect(saved == session.network.configuration)
  }

  @Test func saveNamesAPathThatCannotBeWritten() throws {
    let folder = try Folder()
    let network = try Session(configuration(.adamByTrial)).network
    try Data([1]).write(to: URL(fileURLWithPath: folder.file("file")))
    #expect(throws: (any Error).self) {
      try Checkpoint.save(network, geometry: geometry, to: folder.file("file/model"))
    }
    try FileManager.default.createDirectory(
      atPath: folder.file("folder/inside"), withIntermediateDirectories: true)
    #expect(throws: ConfigurationError.self) {
      try Checkpoint.save(network, geometry: geometry, to: folder.file("folder"))
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["file", "folder"])
  }

  @Test func aMissingFileIsNamed() throws {
    let session = try Session(configuration(.adamByTrial))
    let digest = session.network.weightsDigest
    let folder = try Folder()
    for path in [folder.file("none"), folder.path, ""] {
      let error = #expect(throws: ConfigurationError.self) {
        try Checkpoint.load(path, into: session.network)
      }
      #expect(error?.description.hasPrefix("\(path): ") == true)
    }
    #expect(session.network.weightsDigest == digest)
  }

  @Test("Damage is refused, wherever it is", arguments: Way.allCases)
  func damage(way: Way) throws {
    let folder = try Folder()
    let path = folder.file("model")
    let trained = try Session(configuration(way))
    train(trained, 0..<3)
    try Checkpoint.save(trained.network, geometry: geometry, to: path)
    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
    let header = 8 + Int(sound[0]) + 256 * Int(sound[1])

    let session = try Session(configuration(way))
    let before = session.outcome
    func refuses(_ data: Data, _ comment: Comment) throws {
      try data.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: ConfigurationError.self, comment) {
        try Checkpoint.load(path, into: session.network)
      }
      #expect(error?.description.hasPrefix("\(path): ") == true, comment)
    }
    for count in stride(from: 0, to: sound.count, by: 97) {
      try refuses(sound.prefix(count), "cut at \(count)")
    }
    // Blanks at the header's end are no part of what is said.
    var text = header
    while sound[text - 1] == UInt8(ascii: " ") { text -= 1 }
    let positions =
      Array(stride(from: 0, to: text, by: 3))
      + Array(stride(from: header, to: sound.count, by: 61))
    for position in positions {
      var data = sound
      data[position] ^= 1
      try refuses(data, "bit changed at \(position)")
    }
    #expect(session.outcome == before)
    #expect(session.network.updates == 0)
    try sound.write(to: URL(fileURLWithPath: path))
    try Checkpoint.load(path, into: session.network)
    #expect(session.network.weightsDigest == trained.network.weightsDigest)
  }

  @Test func anotherNetworkIsRefused() throws {
    let folder = try Folder()
    let path = folder.file("model")
    let adam = try Session(configuration(.adamByTrial))
    train(adam, 0..<2)
    try Checkpoint.save(adam.network, geometry: geometry, to: path)
    let others: [(String, Session)] = [
      ("hidden.neurons", try Session(configuration(.adamByTrial) { $0.hidden.neurons = 13 })),
      ("classes", try Session(configuration(.adamByTrial) { $0.classes = 4 })),
      ("tau_m_ms", try Session(configuration(.adamByTrial) { $0.hidden.tauMembrane = 33 })),
      ("step_us", try Session(configuration(.adamByTrial) { $0.stepMicroseconds = 2000 })),
      (
        "input.weight",
        try Session(configuration(.adamByTrial), geometry: SensorGeometry(width: 7, height: 6))
      ),
    ]
    for (name, session) in others {
      let before = session.outcome
      let error = #expect(throws: ConfigurationError.self) {
        try Checkpoint.load(path, into: session.network)
      }
      #expect(error?.description.contains(name) == true)
      #expect(session.outcome == before)
    }
    // Another way to learn begins with fresh moments.
    let sgd = try Session(configuration(.sgdByTrial))
    try Checkpoint.save(sgd.network, geometry: geometry, to: path)
    try Checkpoint.load(path, into: adam.network)
    let fresh = try Session(configuration(.adamByTrial))
    #expect(adam.network.weightsDigest == fresh.network.weightsDigest)
    train(adam, 0..<1)
    train(fresh, 0..<1)
    #expect(adam.network.weightsDigest == fresh.network.weightsDigest)
    // A configuration that cannot be read may not pass for one that fits.
    var file = try Safetensors(
      [UInt8](#require(FileManager.default.contents(atPath: path))))
    file.metadata["configuration"] = "{}"
    file.metadata[Checkpoint.digestKey] = Checkpoint.contentsDigest(file)
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ConfigurationError.self) {
      try Checkpoint.load(path, into: sgd.network)
    }
    #expect(error?.description.contains("configuration") == true)
    // Any other safetensors.
    try Data(sgd.network.fullMessage().encoded()).write(to: URL(fileURLWithPath: path))
    #expect(throws: ConfigurationError.self) { try Checkpoint.load(path, into: sgd.network) }
  }

  /// 4x9 pixels have as many addresses as 6x6, but other neighbours.
  @Test func anotherSensorIsRefused() throws {
    let folder = try Folder()
    let path = folder.file("model")
    let session = try Session(configuration(.adamByTrial))
    try Checkpoint.save(
      session.network, geometry: SensorGeometry(width: 4, height: 9), to: path)
    let error = #expect(throws: ConfigurationError.self) {
      try Checkpoint.load(path, into: session.network, geometry: geometry)
    }
    #expect(error?.description.contains("4x9") == true)
    #expect(error?.description.contains("6x6") == true)
    try Checkpoint.load(
      path, into: session.network, geometry: SensorGeometry(width: 4, height: 9))
  }
}
