import Events
import Foundation
import Service
import Testing

/// The text of a prediction is that of Foundation's encoder, byte for byte.
@Suite struct PredictionTextTests {
  private func message(_ change: (inout PredictionMessage) -> Void = { _ in }) throws
    -> PredictionMessage
  {
    let text = """
      {"v":1,"model":"eyes","source":"cam-1","seq":18446744073709551615,"t":-5000,"class":3,"scores":[0,1.5],\
      "steps":40,"hidden_spikes":12,"weights_seq":7,"final":true,"learned":false}
      """
    var message = try JSONDecoder().decode(PredictionMessage.self, from: Data(text.utf8))
    change(&message)
    return message
  }

  private func expectSame(_ message: PredictionMessage) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    #expect(
      String(decoding: message.json, as: UTF8.self)
        == String(decoding: try encoder.encode(message), as: UTF8.self))
    // Numbers that are none are no equals of themselves, their text is.
    #expect(try PredictionMessage(json: message.json).json == message.json)
  }

  @Test func whatIsAbsentIsLeftOut() throws {
    try expectSame(message())
    try expectSame(message { $0.scores = [] })
  }

  @Test func whatIsKnownOfATrialIsTold() throws {
    let trial = Data(#"{"t_begin":1234567,"name":"Train/3/00081.bin#2"}"#.utf8)
    let decoded = try JSONDecoder().decode(PredictionMessage.Trial.self, from: trial)
    try expectSame(
      message {
        ($0.trial, $0.label, $0.isCorrect, $0.learned, $0.loss) = (decoded, 3, false, true, 2.25)
        $0.isFinal = false
      })
    try expectSame(
      message {
        $0.trial = decoded
        $0.trial?.name = nil
      })
  }

  @Test(arguments: [
    "", "a bar", "a/b", "q\"uote", "back\\slash", "tab\tline\n\u{1}\u{7F}", "Zürich 漢字 👁",
  ])
  func namesAreEscaped(_ name: String) throws {
    let trial = try JSONDecoder().decode(
      PredictionMessage.Trial.self, from: Data(#"{"t_begin":0,"name":"x"}"#.utf8))
    try expectSame(
      message {
        $0.trial = trial
        $0.trial?.name = name
      })
  }

  @Test func numbersAreWrittenAlike() throws {
    let special: [Float] = [
      0, -0.0, 1, -1, 0.1, 1e-5, 1e-4, 123456.7, 16_777_216, 1e16, 3.4e38, -.leastNonzeroMagnitude,
      .infinity,
      -.infinity, .nan, .pi,
    ]
    try expectSame(message { $0.scores = special })
    var random = SplitMix64(seed: 12)
    let some = (0..<2000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    try expectSame(message { ($0.scores, $0.loss) = (some, some[0]) })
  }

  @Test func anotherOrderOfKeysIsReadToo() throws {
    let text =
      #"{ "v": 1, "t": 7, "model": "m", "seq": 2, "source": "s", "class": 1, "scores": [0.5, 1e2], "#
      + #""steps": 3, "hidden_spikes": 4, "weights_seq": 5, "final": false, "learned": false, "news": [] }"#
    let message = try PredictionMessage(json: Array(text.utf8))
    #expect(message.t == 7 && message.scores == [0.5, 100] && message.weightsSequence == 5)
    #expect(try PredictionMessage(json: message.json) == message)
  }

  @Test func whatIsNoPredictionIsRefused() throws {
    let whole = try message { ($0.label, $0.loss) = (3, 0.5) }.json
    for count in 0..<whole.count {
      #expect(throws: DecodingError.self) {
        try PredictionMessage(json: Array(whole.prefix(count)))
      }
    }
    #expect(throws: DecodingError.self) { try PredictionMessage(json: whole + [UInt8(ascii: "}")]) }
  }
}
