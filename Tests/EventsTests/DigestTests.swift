import Events
import Testing

@Suite struct DigestTests {
  /// The examples of FIPS 180-2.
  static let vectors: [(text: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: vectors.indices) func sha256MatchesThePublishedExamples(index: Int) {
    let (text, digest) = Self.vectors[index]
    #expect(SHA256.digest(of: Array(text.utf8)) == digest)
  }

  @Test func piecesGiveTheDigestOfTheWhole() {
    let bytes = Array(Self.vectors[2].text.utf8)
    for cut in 0...bytes.count {
      var hash = SHA256()
      for piece in [bytes[..<cut], bytes[cut...]] {
        piece.withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.finalize() == Self.vectors[2].digest)
    }
  }

  @Test func eventsAreThirteenLittleEndianBytesEach() {
    var digest = EventDigest()
    digest.update(EventBatch([Event(t: -2, x: 0xFFFF, y: 0x0102, on: true)]))
    let bytes: [UInt8] = [
      0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x01, 1,
    ]
    #expect(digest.finalize() == SHA256.digest(of: bytes))
    var known = EventDigest()
    known.update(EventBatch([Event(t: -2, x: 0xFFFF, y: 0x0102, on: true)]))
    #expect(
      known.finalize() == "5efc8342c910c0ea5fd0615b35775b93bbb174f637194fc75f122e58fab1caec")
    var empty = EventDigest()
    #expect(empty.finalize() == Self.vectors[0].digest)
  }

  @Test func batchesOfAnySizeGiveTheSameDigest() {
    var random = SplitMix64(seed: 3)
    // More than the digest gathers before it hashes.
    let events = randomEvents(12_000, using: &random)
    var whole = EventDigest()
    whole.update(events)
    let expected = whole.finalize()
    for size in [1, 7, 5041, 5042, 12_000] {
      var digest = EventDigest()
      for start in stride(from: 0, to: events.count, by: size) {
        var piece = EventBatch()
        piece.append(events, range: start..<min(start + size, events.count))
        digest.update(piece)
      }
      #expect(digest.finalize() == expected)
    }
  }
}
