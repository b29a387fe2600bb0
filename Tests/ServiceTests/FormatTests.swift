import Events
import Learning
import Service
import Testing

/// Publishers that know nothing of our messages.
@Suite(.timeLimit(.minutes(10))) struct FormatTests {
  /// The frames of an array of rows t, x, y, p.
  private func rows<T: FixedWidthInteger>(_ times: [T], _ dtype: String) -> [[UInt8]] {
    let description = #"{"dtype":"\#(dtype)","shape":[\#(times.count),4]}"#
    return [Array(description.utf8), times.flatMap { [$0, 1, 2, 1] }.flatMap { Wire.bytes($0) }]
  }

  @Test func messagesWithoutNumbersAreCountedByArrival() throws {
    let engine = try RunningEngine { $0.endpoints.format = .numpy }
    let feeder = try engine.feeder("numpy")
    try feeder.send(raw: rows([1000, 2000] as [Int64], "int64"))
    try feeder.send(raw: rows([3000] as [Int64], "int64"))
    let status = try engine.status("two messages") { $0.sources["numpy"]?.acknowledged == 1 }
    #expect(status.missingMessages == 0 && status.duplicates == 0 && status.refused.isEmpty)
    #expect(status.messages == 2 && status.stream.events == 3)
    let session = try #require(status.sources["numpy"]?.session)

    // A clock that goes back far is one of a publisher that was started anew.
    try feeder.send(raw: rows([50_000_000] as [Int64], "int64"))
    try feeder.send(raw: rows([45_000_000] as [Int64], "int64"))
    let late = try engine.status("an event that is late") {
      $0.sources["numpy"]?.acknowledged == 3
    }
    #expect(late.sources["numpy"]?.session == session && late.stream.lateEvents == 1)
    try feeder.send(raw: rows([500] as [Int64], "int64"))
    let anew = try engine.status("a new session") { $0.sources["numpy"]?.session != session }
    #expect(anew.missingMessages == 0 && anew.sources["numpy"]?.messages == 1)
    #expect(anew.stream.lateEvents == 1)
  }

  @Test func aShortClockThatBeginsAgainGoesOn() throws {
    let engine = try RunningEngine { $0.endpoints.format = .numpy }
    let feeder = try engine.feeder("numpy")
    try feeder.send(raw: rows([UInt32.max - 1000], "uint32"))
    let first = try engine.status("the first message") { $0.sources["numpy"]?.acknowledged == 0 }
    try feeder.send(raw: rows([5000] as [UInt32], "uint32"))
    let status = try engine.status("the second") { $0.sources["numpy"]?.acknowledged == 1 }
    #expect(status.sources["numpy"]?.session == first.sources["numpy"]?.session)
    #expect(status.stream.lateEvents == 0 && status.stream.events == 2)
  }

  @Test func otherDataOfACameraIsPassedOver() throws {
    let engine = try RunningEngine { $0.endpoints.format = .pyaer }
    let feeder = try engine.feeder("cam")
    let array = rows([1000] as [Int64], "int64")
    let time = Array("1606830270019276544".utf8)
    for data in ["frame_events", "imu_events", "polarity_events"] {
      try feeder.send(raw: [Array("cam/\(data)".utf8), time, array[1], array[0]])
    }
    let status = try engine.status("the events") { $0.sources["cam"]?.acknowledged == 0 }
    #expect(status.messages == 1 && status.refused.isEmpty)
    // What should be events and is not is refused as ever.
    try feeder.send(raw: [Array("cam/polarity_events".utf8), time, [1], array[0]])
    try engine.status("a refusal") { $0.refused["count"] == 1 }
  }
}
