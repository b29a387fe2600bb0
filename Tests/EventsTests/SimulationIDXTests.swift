import Events
import Foundation
import Testing

@Suite struct SimulationIDXTests {
  @Test func readsImagesAndLabels() throws {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]
    let bytes = header + Array(1...12)
    for content in [bytes, gzip(bytes)] {
      try withFile(content) { path in
        let images = try IDXFile.images(path: path)
        #expect(images.count == 2 && images.width == 3 && images.height == 2)
        #expect(images.image(at: 1).pixels == [7, 8, 9, 10, 11, 12])
      }
    }
    try withFile([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]) { path in
      let labels = try IDXFile.labels(path: path)
      #expect(labels == [5, 0, 4])
    }
  }

  static let hostile: [(name: String, bytes: [UInt8], offset: Int, problem: IDXError.Problem)] = [
    ("empty", [], 0, .truncated(expectedBytes: 16)),
    ("magic only", [0, 0, 8, 3], 4, .truncated(expectedBytes: 16)),
    ("text", Array("hello, world, hello".utf8), 0, .notIDX(firstBytes: 0x6865)),
    ("floats", [0, 0, 13, 3, 0, 0, 0, 1], 2, .elementType(code: 13, expected: 8)),
    ("labels", [0, 0, 8, 1, 0, 0, 0, 1, 7], 3, .dimensionCount(1, expected: 3)),
    (
      "count", [0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28], 4,
      .dimension(axis: 0, value: 4_294_967_295, limit: IDXFile.countLimit)
    ),
    (
      "side", [0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 28], 8,
      .dimension(axis: 1, value: 65537, limit: IDXFile.sideLimit)
    ),
    (
      "no pixels", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 0], 12,
      .dimension(axis: 2, value: 0, limit: IDXFile.sideLimit)
    ),
    (
      "too much", [0, 0, 8, 3, 0, 152, 150, 128, 0, 1, 0, 0, 0, 1, 0, 0], 8,
      .totalSize(limit: IDXFile.defaultByteLimit)
    ),
    (
      "truncated", [0, 0, 8, 3, 0, 0, 39, 16, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3], 19,
      .truncated(expectedBytes: 7_840_016)
    ),
    (
      "trailing", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3], 18,
      .trailingBytes(expectedBytes: 18)
    ),
  ]

  @Test(arguments: hostile.indices) func refusesHostileFiles(index: Int) throws {
    let (_, bytes, offset, problem) = Self.hostile[index]
    for content in [bytes, gzip(bytes)] {
      try withFile(content) { path in
        let error = #expect(throws: IDXError.self) { try IDXFile.images(path: path) }
        #expect(error?.problem == problem)
        #expect(error?.offset == offset)
        #expect(error?.description.hasPrefix("\(path): at byte \(offset): ") == true)
      }
    }
  }

  @Test func refusesDamagedGzip() throws {
    let bytes: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]
    var wrong = gzip(bytes)
    wrong[wrong.count - 6] ^= 1  // in the checksum
    for content in [wrong, Array(gzip(bytes).dropLast(12)), Array(gzip(bytes).dropLast(2))] {
      try withFile(content) { path in
        let error = #expect(throws: IDXError.self) { try IDXFile.labels(path: path) }
        guard case .unreadable? = error?.problem else {
          Issue.record("unexpected \(String(describing: error))")
          return
        }
      }
    }
  }

  @Test func refusesWhatIsNoFile() {
    for path in ["/nonexistent/images", "/"] {
      let error = #expect(throws: IDXError.self) { try IDXFile.images(path: path) }
      #expect(error?.file == path)
      guard case .unreadable(let reason)? = error?.problem else {
        Issue.record("unexpected \(String(describing: error))")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test func theCallersLimitHolds() throws {
    try withFile([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]) { path in
      let error = #expect(throws: IDXError.self) { try IDXFile.labels(path: path, byteLimit: 2) }
      #expect(error?.problem == .totalSize(limit: 2))
    }
  }

  @Test func imagesAndLabelsMustMatch() throws {
    try withFile([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2]) { path in
      let images = try IDXFile.images(path: path)
      #expect(throws: SimulationError.labelCount(images: 1, labels: 2)) {
        try SimulatedRecordings(scene: .idx(images: images, labels: [1, 2]), seed: 1)
      }
    }
  }

  static let mnist = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/mnist").path
  static let hasMNIST = FileManager.default.fileExists(
    atPath: mnist + "/t10k-images-idx3-ubyte.gz")

  @Test(.enabled(if: hasMNIST, "no MNIST files in ../shared/data/mnist next to the package"))
  func readsAndRecordsMNIST() throws {
    let images = try IDXFile.images(path: Self.mnist + "/t10k-images-idx3-ubyte.gz")
    let labels = try IDXFile.labels(path: Self.mnist + "/t10k-labels-idx1-ubyte.gz")
    #expect(images.count == 10_000 && images.width == 28 && images.height == 28)
    #expect(labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    let source = try SimulatedRecordings(scene: .idx(images: images, labels: labels), seed: 4)
    let recordings = (0..<50).map { source.recording(index: $0) }
    #expect(recordings.map(\.label) == labels.prefix(50).map(Int.init))
    let mean = recordings.reduce(0) { $0 + $1.events.count } / 50
    #expect((1700...2300).contains(mean))
    // The same image later on is the same scene with other noise.
    let later = source.recording(index: 10_000)
    #expect(later.label == recordings[0].label)
    #expect(later.events != recordings[0].events)
  }

  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "idx-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
  }

  /// A gzip file (RFC 1952) with `bytes` in one stored block.
  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ value: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    var checksum = UInt32.max
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    let size = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(size, 2) + little(~size, 2) + bytes
      + little(~checksum, 4) + little(size, 4)
  }
}
