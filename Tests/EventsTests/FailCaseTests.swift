import Events
import Foundation
import Testing

/// Bytes on which a decoder once failed under the fuzzer.
@Suite struct FailCaseTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Tools/fuzz/FailCases")
  static let files =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
    .filter { !$0.hasPrefix(".") }.sorted() ?? []

  /// Whole and in pieces: the same events, the same error, and no crash.
  @Test(arguments: files) func isReadTheSameWhateverThePieces(file: String) throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: file)))
    for format in RecordingFormat.allCases {
      let whole = outcome(of: format.codec, bytes, pieces: bytes.count + 1)
      for pieces in [1, 7, 64] {
        #expect(outcome(of: format.codec, bytes, pieces: pieces) == whole, "\(format.rawValue)")
      }
    }
  }

  private func outcome<Codec: RecordingCodec>(
    of codec: Codec.Type, _ bytes: [UInt8], pieces: Int
  ) -> Outcome {
    do {
      return Outcome(events: try decodeInPieces(codec, bytes) { pieces })
    } catch {
      return Outcome(error: error as? RecordingError)
    }
  }

  private struct Outcome: Equatable {
    var events: EventBatch?
    var error: RecordingError?
  }
}
