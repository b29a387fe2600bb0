import Events
import Testing

@Suite struct TopicTests {
  private func read(_ bytes: [UInt8]) throws -> Topic { try unaligned(bytes) { try Topic($0) } }

  @Test func topicsOfASource() throws {
    let longest = String(repeating: "s", count: 64)
    for source in ["cam1", "A-Z.0_9", "-", longest] {
      #expect(try read(Array("events/\(source)/".utf8)) == .events(source: source))
      #expect(try read(Array("labels/\(source)/".utf8)) == .labels(source: source))
      #expect(Topic.events(source: source).bytes == Array("events/\(source)/".utf8))
      #expect(Topic.labels(source: source).bytes == Array("labels/\(source)/".utf8))
      #expect(Topic.labels(source: source).source == source && Topic.isSource(source))
    }
    #expect(Topic.inboundPrefixes == ["events/", "labels/"])
    for text in ["", longest + "s", "a/b", "a b", "a\n", "\u{E9}", "a\u{0}", "*"] {
      #expect(!Topic.isSource(text))
    }
  }

  static let refusals: [[UInt8]] =
    [
      "", "/", "//", "events", "events/", "events/cam1", "events//", "events/cam1//",
      "events/cam1/x",
      "events/cam1/x/", "/events/cam1/", "Events/cam1/", "event/cam1/", "weights/cam1/", "/cam1/",
      "events/cam 1/", "events/cam\u{E9}/", "events/cam1/\u{301}", "events/cam1/\n",
      "events/c\u{0}/",
      "events/\(String(repeating: "s", count: 65))/",
      "labels/\(String(repeating: "s", count: 65))/",
      "events/\(String(repeating: "s", count: 100_000))/", String(repeating: "/", count: 100_000),
      "V", "cam/polarity_events",
    ].map { Array($0.utf8) } + [
      [0xFF, 0xFE], Array("events/".utf8) + [0xC3, 0x28, 0x2F],
      Array("events/a".utf8) + [0xED, 0x2F],
      Array("events".utf8) + [0xC0, 0xAF] + Array("a/".utf8),
    ]

  @Test(arguments: refusals.indices) func refusesOtherTopics(index: Int) {
    let error = #expect(throws: WireError.self) { try read(Self.refusals[index]) }
    #expect(error?.reason == .topic)
    let text = error?.description ?? ""
    #expect(text.contains("is not events/<source>/ or labels/<source>/"), "\(text)")
    #expect(text.utf8.count < 400 && text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
  }
}
