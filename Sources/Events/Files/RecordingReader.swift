import Foundation

/// A recording file format.
public enum RecordingFormat: String, Sendable, Codable, CaseIterable {
  /// Five-byte records of N-MNIST, N-Caltech101 and SLAYER's `.bs2`; see ``NMNISTCodec``.
  case nmnist
}

/// Reads a recording file from its beginning to its end in bounded memory.
public final class RecordingReader {
  public let path: String
  public let format: RecordingFormat
  /// Size of the file in bytes, for progress.
  public let fileSize: Int
  /// Bytes read so far.
  public var offset: Int { decoder.offset }

  private let file: FileHandle
  private var decoder = NMNISTCodec.Decoder()
  private let chunkSize: Int

  /// Opens `path` and recognises its format by its content.
  ///
  /// - Parameter chunkSize: bytes read at a time.
  /// - Throws: ``RecordingError``.
  public init(path: String, chunkSize: Int = 1 << 18) throws(RecordingError) {
    self.path = path
    self.chunkSize = max(chunkSize, 1)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .file(path: path, reason: "no such file")
    }
    guard !isDirectory.boolValue else {
      throw .file(path: path, reason: "this is a folder, not a recording")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .file(path: path, reason: "cannot be opened for reading")
    }
    self.file = file
    do {
      fileSize = Int(try file.seekToEnd())
      try file.seek(toOffset: 0)
      let head = try file.read(upToCount: 64 * NMNISTCodec.recordSize) ?? Data()
      try file.seek(toOffset: 0)
      format = try Self.recognise(head: [UInt8](head), path: path)
    } catch let error as RecordingError {
      throw error
    } catch {
      throw .file(path: path, reason: "cannot be read: \(error.localizedDescription)")
    }
  }

  deinit {
    try? file.close()
  }

  /// Appends the events of the next chunk to `batch`.
  ///
  /// - Returns: `false` when the file has ended.
  /// - Throws: ``RecordingError``; the events before the error have been appended.
  public func read(into batch: inout EventBatch) throws(RecordingError) -> Bool {
    let data: Data?
    do {
      data = try file.read(upToCount: chunkSize)
    } catch {
      throw .file(path: path, reason: "cannot be read: \(error.localizedDescription)")
    }
    guard let data, !data.isEmpty else {
      try decoder.finish(path: path)
      return false
    }
    data.withUnsafeBytes { decoder.decode($0, into: &batch) }
    return true
  }

  /// All events of the file at `path`.
  public static func readAll(path: String) throws(RecordingError) -> EventBatch {
    let reader = try RecordingReader(path: path)
    var batch = EventBatch()
    batch.reserveCapacity(reader.fileSize / NMNISTCodec.recordSize)
    while try reader.read(into: &batch) {}
    return batch
  }

  /// Formats with a signature of their own are named, so that a five-byte reading of them is not offered as events.
  ///
  /// A signature of one or two characters is also a first event: column 123 is `{`. It takes text after it; as records,
  /// text is events that begin after 2 seconds and have no ON among them.
  private static func recognise(head: [UInt8], path: String) throws(RecordingError)
    -> RecordingFormat
  {
    let signatures: [(String, textBytes: Int, String)] = [
      ("#!AER-DAT", 0, "an AEDAT file"), ("Event Stream", 0, "an Event Stream file"),
      ("\u{93}NUMPY", 0, "a numpy array"), ("% ", 8, "a Prophesee RAW or DAT file"),
      ("{", 8, "JSON"), ("<", 8, "XML or HTML"), ("t,x", 8, "CSV"), ("", 32, "text"),
    ]
    for (signature, textBytes, name) in signatures
    where head.starts(with: signature.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
      && head.count >= textBytes && head.prefix(textBytes).allSatisfy(isText)
    {
      throw .unknownFormat(path: path, reason: "it begins like \(name)")
    }
    var batch = EventBatch()
    var decoder = NMNISTCodec.Decoder()
    head.withUnsafeBytes { decoder.decode($0, into: &batch) }
    // Five random bytes are always an event; only times that mostly grow tell a recording from noise,
    // and a few events tell nothing.
    let backwards = zip(batch.t, batch.t.dropFirst()).count { $0 > $1 }
    guard backwards * 4 <= batch.count || batch.count < 8 else {
      throw .unknownFormat(
        path: path,
        reason: "read as N-MNIST, time goes back \(backwards) times in the first \(batch.count)")
    }
    return .nmnist
  }

  private static func isText(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) || (0x09...0x0D).contains(byte)
  }
}
