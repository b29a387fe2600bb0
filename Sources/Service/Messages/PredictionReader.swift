import Foundation

extension PredictionMessage {
  /// Reads the text of a prediction; what ``json`` wrote, in a fraction of the time that any other JSON takes.
  ///
  /// - Throws: `DecodingError` for what is no prediction.
  public init(json: [UInt8]) throws {
    var reader = PredictionReader(bytes: json[...])
    if let message = reader.read() {
      self = message
    } else {
      self = try ServiceJSON.decode(PredictionMessage.self, from: json)
    }
  }
}

/// Reads what ``PredictionMessage/json`` writes: its keys in its order, no spaces, no escapes. It gives up on all else.
private struct PredictionReader {
  var bytes: ArraySlice<UInt8>

  mutating func read() -> PredictionMessage? {
    guard let predicted = integer(after: "{\"class\":", as: Int.self) else { return nil }
    let isCorrect = bool(after: ",\"correct\":")
    guard let isFinal = bool(after: ",\"final\":"),
      let hiddenSpikes = integer(after: ",\"hidden_spikes\":", as: Int.self)
    else { return nil }
    let label = integer(after: ",\"label\":", as: Int.self)
    guard let learned = bool(after: ",\"learned\":") else { return nil }
    var loss: Float?
    if take(",\"loss\":") {
      guard let value = float() else { return nil }
      loss = value
    }
    guard let model = text(after: ",\"model\":\""), let scores = scores(),
      let sequence = integer(after: ",\"seq\":", as: UInt64.self),
      let source = text(after: ",\"source\":\""),
      let steps = integer(after: ",\"steps\":", as: Int.self),
      let t = integer(after: ",\"t\":", as: Int64.self)
    else { return nil }
    var trial: PredictionMessage.Trial?
    if take(",\"trial\":{") {
      let name = text(after: "\"name\":\"")
      guard name == nil || take(","), let begin = integer(after: "\"t_begin\":", as: Int64.self),
        take("}")
      else { return nil }
      trial = .init(begin: begin, name: name)
    }
    guard let version = integer(after: ",\"v\":", as: Int.self),
      let weights = integer(after: ",\"weights_seq\":", as: UInt64.self), take("}"),
      bytes.isEmpty
    else { return nil }
    return PredictionMessage(
      v: version, model: model, source: source, sequence: sequence, t: t, predicted: predicted,
      scores: scores, steps: steps, hiddenSpikes: hiddenSpikes, weightsSequence: weights,
      isFinal: isFinal, trial: trial, label: label, isCorrect: isCorrect, learned: learned,
      loss: loss)
  }

  /// Passes over `text` if it comes next.
  private mutating func take(_ text: StaticString) -> Bool {
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes.starts(with: expected) else { return false }
    bytes = bytes.dropFirst(expected.count)
    return true
  }

  private mutating func bool(after name: StaticString) -> Bool? {
    guard take(name) else { return nil }
    return take("true") ? true : take("false") ? false : nil
  }

  /// What a number may consist of.
  private mutating func number() -> Substring.UTF8View {
    let digits = bytes.prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e")
    }
    bytes = bytes[digits.endIndex...]
    return Substring(decoding: digits, as: UTF8.self).utf8
  }

  private mutating func integer<T: FixedWidthInteger>(
    after name: StaticString, as type: T.Type
  ) -> T? {
    guard take(name) else { return nil }
    return T(Substring(number()))
  }

  /// What JSON has no such number for is left to who reads all of JSON.
  private mutating func float() -> Float? {
    let text = Substring(number())
    let digits = text.drop { $0 == "-" }
    let isPlain = !text.hasPrefix("+") && (digits.first != "0" || digits.dropFirst().first != "0")
    guard isPlain, let value = Float(text), value.isFinite else { return nil }
    return value
  }

  private mutating func scores() -> [Float]? {
    guard take(",\"scores\":[") else { return nil }
    var scores: [Float] = []
    while !take("]") {
      guard scores.isEmpty || take(","), let score = float() else { return nil }
      scores.append(score)
    }
    return scores
  }

  private mutating func text(after name: StaticString) -> String? {
    guard take(name) else { return nil }
    let text = bytes.prefix {
      $0 >= 0x20 && $0 < 0x80 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    bytes = bytes[text.endIndex...]
    return take("\"") ? String(decoding: text, as: UTF8.self) : nil
  }
}
