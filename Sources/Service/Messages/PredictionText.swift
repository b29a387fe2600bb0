extension PredictionMessage {
  /// The message as it is published: one line, keys in alphabetical order.
  public var json: [UInt8] { PredictionText(self).bytes }
}

/// Writes predictions as JSON, byte for byte as ``ServiceJSON`` does, in a fraction of its time: an engine may publish one
/// at every step.
private struct PredictionText {
  private(set) var bytes: [UInt8] = []

  init(_ message: PredictionMessage) {
    bytes.reserveCapacity(512)
    add("{\"class\":", message.predicted)
    if let isCorrect = message.isCorrect { add(",\"correct\":", isCorrect) }
    add(",\"final\":", message.isFinal)
    add(",\"hidden_spikes\":", message.hiddenSpikes)
    if let label = message.label { add(",\"label\":", label) }
    add(",\"learned\":", message.learned)
    if let loss = message.loss {
      add(",\"loss\":")
      add(loss)
    }
    add(",\"model\":")
    add(text: message.model)
    add(",\"scores\":[")
    for (index, score) in message.scores.enumerated() {
      if index > 0 { add(",") }
      add(score)
    }
    add("],\"seq\":", message.sequence)
    add(",\"source\":")
    add(text: message.source)
    add(",\"steps\":", message.steps)
    add(",\"t\":", message.t)
    if let trial = message.trial {
      add(",\"trial\":{")
      if let name = trial.name {
        add("\"name\":")
        add(text: name)
        add(",")
      }
      add("\"t_begin\":", trial.begin)
      add("}")
    }
    add(",\"v\":", message.v)
    add(",\"weights_seq\":", message.weightsSequence)
    add("}")
  }

  private mutating func add(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func add(_ name: StaticString, _ value: some FixedWidthInteger) {
    add(name)
    bytes.append(contentsOf: value.description.utf8)
  }

  private mutating func add(_ name: StaticString, _ value: Bool) {
    add(name)
    add(value ? "true" : "false")
  }

  private mutating func add(_ value: Float) {
    guard value.isFinite else {
      return add(value.isNaN ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\"")
    }
    var text = value.description[...]
    if text.hasSuffix(".0") { text = text.dropLast(2) }
    bytes.append(contentsOf: text.utf8)
  }

  /// Names are mostly plain; what has to be escaped is left to Foundation.
  private mutating func add(text: String) {
    let isPlain = text.utf8.allSatisfy {
      (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    guard isPlain else {
      bytes.append(contentsOf: ServiceJSON.encode(text))
      return
    }
    add("\"")
    bytes.append(contentsOf: text.utf8)
    add("\"")
  }
}
