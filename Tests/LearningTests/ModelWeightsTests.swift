import Events
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

private func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Safetensors.Tensor {
  .init(
    name: name, shape: [rows, columns], floats: (0..<rows * columns).map { Float($0) })
}

struct BrokenDelta: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let tensors: [Safetensors.Tensor]

  init(_ name: String, _ tensors: Safetensors.Tensor...) {
    testDescription = name
    self.tensors = tensors
  }

  static let all: [BrokenDelta] = [
    .init(
      "unknown weights", .init(name: "c.rows", shape: [1], integers: [0]), matrix("c.values", 1, 2)),
    .init("no values", .init(name: "b.rows", shape: [1], integers: [0])),
    .init(
      "rows that are no integers", .init(name: "b.rows", shape: [1], floats: [0]),
      matrix("b.values", 1, 2)),
    .init(
      "values that are no numbers", .init(name: "b.rows", shape: [1], integers: [0]),
      .init(name: "b.values", shape: [1, 2], integers: [1, 2])),
    .init(
      "row beyond the end", .init(name: "b.rows", shape: [1], integers: [4]),
      matrix("b.values", 1, 2)),
    .init(
      "negative row", .init(name: "b.rows", shape: [1], integers: [-1]), matrix("b.values", 1, 2)),
    .init(
      "too few values", .init(name: "b.rows", shape: [2], integers: [0, 1]),
      matrix("b.values", 1, 2)),
    .init(
      "too many values", .init(name: "b.rows", shape: [1], integers: [0]), matrix("b.values", 2, 2)),
    .init("values without rows", matrix("b.values", 1, 2)),
  ]
}

@Suite struct ModelWeightsTests {
  @Test("A full message and the deltas since are the weights", arguments: Way.allCases)
  func follows(way: Way) throws {
    let session = try Session(
      smallConfiguration {
        way.apply(to: &$0)
        $0.initialisation.inputGain = 3
      })
    let network = session.network
    var copy = try ModelWeights(full: network.fullMessage())
    _ = network.deltaMessage()
    #expect(copy.digest == network.weightsDigest)
    var seen: Set<String> = [copy.digest]
    for trial in 0..<6 as Range<Int64> {
      // Only some of the inputs spike in a trial.
      let events = randomEvents(
        geometry, from: 0, duration: 50_000, meanInterval: 150, seed: UInt64(trial)
      ).filter { Int64($0.x) % 3 != trial % 3 }
      session.label(StreamLabel(t: 0, label: Int(trial) % 3))
      session.send(events)
      session.end()
      let delta = network.deltaMessage()
      let changed = try #require(delta["input.weight.rows"]?.integers)
      #expect(changed == changed.sorted())
      #expect(changed.count < geometry.addressCount, "a delta holds what changed")
      try copy.apply(delta: Safetensors(delta.encoded()))
      #expect(copy.digest == network.weightsDigest)
      #expect(try ModelWeights(full: network.fullMessage()) == copy)
      seen.insert(copy.digest)
      // Nothing has changed since.
      #expect(network.deltaMessage() == Safetensors(tensors: []))
      try copy.apply(delta: Safetensors(tensors: []))
      #expect(copy.digest == network.weightsDigest)
    }
    #expect(seen.count == 7)
    let again = try ModelWeights(full: Safetensors(copy.message().encoded()))
    #expect(again == copy)
  }

  @Test func theDigestIsThatOfTheBytes() throws {
    let weights = try ModelWeights(
      full: Safetensors(tensors: [
        .init(name: "b", shape: [1, 2], floats: [1, 2]),
        .init(name: "a", shape: [1, 1], floats: [3]),
      ]))
    var hash = SHA256()
    for number in [3, 1, 2] as [Float] {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { hash.update($0) }
    }
    #expect(weights.digest == hash.finalize())
  }

  @Test("A broken delta changes nothing", arguments: BrokenDelta.all)
  func broken(_ delta: BrokenDelta) throws {
    var weights = try ModelWeights(
      full: Safetensors(tensors: [matrix("a", 3, 2), matrix("b", 4, 2)]))
    let before = weights
    // A sound part comes first, and must not be taken over alone.
    let sound: [Safetensors.Tensor] = [
      .init(name: "a.rows", shape: [1], integers: [1]),
      .init(name: "a.values", shape: [1, 2], floats: [100, 200]),
    ]
    #expect(throws: SafetensorsError.self) {
      try weights.apply(delta: Safetensors(tensors: sound + delta.tensors))
    }
    #expect(weights == before)
    #expect(weights.digest == before.digest)
    try weights.apply(delta: Safetensors(tensors: sound))
    #expect(weights != before)
  }

  @Test func messagesThatAreNoWeightsAreRefused() throws {
    for tensor: Safetensors.Tensor in [
      .init(name: "a", shape: [2], floats: [1, 2]),
      .init(name: "a", shape: [1, 1, 2], floats: [1, 2]),
      .init(name: "a", shape: [1, 2], integers: [1, 2]),
    ] {
      #expect(throws: SafetensorsError.self) {
        try ModelWeights(full: Safetensors(tensors: [tensor]))
      }
    }
  }

  /// Weights without rows may claim any number of columns, for they hold nothing.
  @Test func sizesBeyondIntegersDoNotTrap() throws {
    var weights = try ModelWeights(
      full: Safetensors(tensors: [.init(name: "a", shape: [0, 1 << 61], floats: [])]))
    let delta = Safetensors(tensors: [
      .init(name: "a.rows", shape: [4], integers: [0, 0, 0, 0]), matrix("a.values", 1, 1),
    ])
    #expect(throws: SafetensorsError.self) { try weights.apply(delta: delta) }
  }
}
