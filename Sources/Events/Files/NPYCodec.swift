/// Structured arrays of numpy, `.npy` of the versions 1, 2 and 3.
///
/// "\x93NUMPY", two version bytes, the length of a header, the header as a Python dictionary, then one record after the other.
/// The records must have integer fields for the time in microseconds, x, y and the polarity (0 or 1, or -1 and 1, or
/// a bool), under the names of ``EventField`` and in any order; other fields are left out. Source: numpy's
/// `numpy.lib.format`.
///
/// Refused are arrays without fields, where nothing tells which column is which, floating-point times, whose unit is
/// anyone's guess, and arrays that have other than one dimension.
public enum NPYCodec: RecordingCodec {
  static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Bytes of a header that are read, at most; headers of structured arrays take some hundred.
  static let largestHeader = 1 << 16

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    head.bytes.starts(with: signature)
  }

  /// What stands before the records.
  struct Header {
    var records: Int
    var layout: NPYRecordLayout
    /// Bytes up to the first record.
    var size: Int

    /// - Returns: nothing if more bytes are needed.
    init?(_ bytes: UnsafeRawBufferPointer) throws(RecordingError) {
      guard bytes.count >= 12 else { return nil }
      guard bytes.starts(with: signature) else {
        throw .malformed(path: nil, offset: 0, reason: "no signature of numpy")
      }
      guard (1...3).contains(bytes[6]) else {
        throw .unsupported(
          path: nil, reason: "version \(bytes[6]).\(bytes[7]) of .npy; 1, 2 and 3 are read here")
      }
      let isLong = bytes[6] > 1
      let start = isLong ? 12 : 10
      let length =
        isLong
        ? Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian)
        : Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self).littleEndian)
      guard length <= largestHeader else {
        throw .malformed(
          path: nil, offset: 8, reason: "a header of \(length) bytes; \(largestHeader) at most")
      }
      size = start + length
      guard bytes.count >= size else { return nil }
      var parser = PythonLiteral.Parser(bytes[start..<size], at: start)
      guard case .dictionary(let header) = try parser.parse() else {
        throw .malformed(path: nil, offset: start, reason: "the header is no dictionary")
      }
      guard header["fortran_order"] != nil, let descr = header["descr"],
        case .sequence(let shape)? = header["shape"]
      else {
        throw .malformed(
          path: nil, offset: start, reason: "the header lacks descr, fortran_order or shape")
      }
      guard shape.count == 1, case .integer(let count) = shape[0] else {
        throw .unsupported(
          path: nil,
          reason: "an array of \(shape.count) dimensions; events are read from records in one")
      }
      guard header["fortran_order"] == .name("False") else {
        throw .unsupported(path: nil, reason: "an array in Fortran order")
      }
      layout = try NPYRecordLayout(descr)
      // The end of the records is an offset in a file.
      guard (0...(1 << 62) / layout.size).contains(count) else {
        throw .malformed(path: nil, offset: start, reason: "\(count) records")
      }
      records = count
    }
  }
}
