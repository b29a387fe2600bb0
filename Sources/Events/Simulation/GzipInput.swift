import CZlib
import Glibc

/// A file read through zlib, which unpacks gzip and passes everything else through.
struct GzipInput: ~Copyable {
  let path: String
  private let handle: gzFile

  init(path: String) throws(IDXError) {
    guard let handle = gzopen(path, "rb") else {
      throw IDXError(
        file: path, offset: 0, problem: .unreadable(reason: String(cString: strerror(errno))))
    }
    self.path = path
    self.handle = handle
  }

  deinit { gzclose(handle) }

  /// Bytes read so far, uncompressed.
  var offset: Int { Int(gztell(handle)) }

  /// Up to `count` bytes; fewer only at the end of the file.
  func read(_ count: Int) throws(IDXError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      // In pieces: memory follows what the file holds, not what its header claims.
      let filled = bytes.count
      let piece = min(count - filled, Self.pieceSize)
      bytes.append(contentsOf: repeatElement(0, count: piece))
      let got = bytes.withUnsafeMutableBytes {
        Int(gzread(handle, $0.baseAddress.map { $0 + filled }, UInt32(piece)))
      }
      bytes.removeLast(piece - max(0, got))
      if got < 0 { throw damaged() }
      if got < piece {
        // A compressed file that is cut short ends here with an error of its own.
        var code: Int32 = 0
        gzerror(handle, &code)
        if code != Z_OK { throw damaged() }
        break
      }
    }
    return bytes
  }

  func error(_ problem: IDXError.Problem, at offset: Int) -> IDXError {
    IDXError(file: path, offset: offset, problem: problem)
  }

  private func damaged() -> IDXError {
    var code: Int32 = 0
    let text = gzerror(handle, &code).map { String(cString: $0) } ?? ""
    let reason = code == Z_ERRNO ? String(cString: strerror(errno)) : text
    return error(.unreadable(reason: reason), at: offset)
  }

  private static let pieceSize = 1 << 20
}
