import Foundation

/// Named tensors in the safetensors layout: the size of a JSON header (uint64), the header, the numbers; all
/// little-endian, row by row. Checkpoints and weight messages are such bytes, so any reader of safetensors reads them.
public struct Safetensors: Equatable, Sendable {
  /// The number types used here.
  public enum DType: String, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case int32 = "I32"
    case int64 = "I64"

    var size: Int { self == .int64 || self == .float64 ? 8 : 4 }
  }

  /// One tensor.
  public struct Tensor: Equatable, Sendable {
    public var name: String
    public var dtype: DType
    public var shape: [Int]
    /// The numbers, little-endian.
    public var bytes: [UInt8]

    /// A tensor of numbers row by row; their count is the product of the shape.
    public init(name: String, shape: [Int], floats: [Float]) {
      self.init(name: name, dtype: .float32, shape: shape, bytes: littleEndianBytes(floats))
    }

    public init(name: String, shape: [Int], doubles: [Double]) {
      self.init(name: name, dtype: .float64, shape: shape, bytes: littleEndianBytes(doubles))
    }

    public init(name: String, shape: [Int], integers: [Int32]) {
      self.init(name: name, dtype: .int32, shape: shape, bytes: littleEndianBytes(integers))
    }

    public init(name: String, shape: [Int], longs: [Int64]) {
      self.init(name: name, dtype: .int64, shape: shape, bytes: littleEndianBytes(longs))
    }

    init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }

    /// The numbers of an F32 tensor, else nothing.
    public var floats: [Float]? { dtype == .float32 ? numbers(Float.self) : nil }

    /// The numbers of an F64 tensor, else nothing.
    public var doubles: [Double]? { dtype == .float64 ? numbers(Double.self) : nil }

    /// The numbers of an I32 tensor, else nothing.
    public var integers: [Int32]? { dtype == .int32 ? numbers(Int32.self) : nil }

    /// The numbers of an I64 tensor, else nothing.
    public var longs: [Int64]? { dtype == .int64 ? numbers(Int64.self) : nil }

    private func numbers<T: BitwiseCopyable>(_ type: T.Type) -> [T] {
      bytes.withUnsafeBytes { source in
        (0..<source.count / MemoryLayout<T>.size).map {
          source.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
        }
      }
    }
  }

  /// The largest header that is read, in bytes, as in the reference readers.
  static let largestHeader = 100_000_000

  public var metadata: [String: String]
  public var tensors: [Tensor]

  public init(tensors: [Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor called `name`.
  public subscript(name: String) -> Tensor? {
    tensors.first { $0.name == name }
  }
}

private func littleEndianBytes<T: BitwiseCopyable>(_ numbers: [T]) -> [UInt8] {
  // Both supported machines, x86-64 and arm64, hold numbers so.
  numbers.withUnsafeBytes { Array($0) }
}

/// Bytes that are no safetensors, with the value and the limit.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

// MARK: - Bytes

extension Safetensors {
  /// Bytes of all numbers.
  public var size: Int { tensors.reduce(0) { $0 + $1.bytes.count } }

  /// The file or message.
  public func encoded() -> [UInt8] {
    var header: [String: Any] = [:]
    if !metadata.isEmpty { header["__metadata__"] = metadata }
    var offset = 0
    for tensor in tensors {
      header[tensor.name] = [
        "dtype": tensor.dtype.rawValue, "shape": tensor.shape,
        "data_offsets": [offset, offset + tensor.bytes.count],
      ]
      offset += tensor.bytes.count
    }
    var json = [UInt8](
      (try? JSONSerialization.data(
        withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data("{}".utf8)
    )
    while !(json.count + 8).isMultiple(of: 8) { json.append(UInt8(ascii: " ")) }
    var bytes = [UInt8]()
    bytes.reserveCapacity(8 + json.count + offset)
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: json)
    for tensor in tensors { bytes.append(contentsOf: tensor.bytes) }
    return bytes
  }

  /// What the first 8 of ``encoded()`` say.
  static func headerSize(of bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    }
  }

  /// Reads a file or message.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(_ bytes: [UInt8]) throws(SafetensorsError) {
    guard bytes.count >= 8 else {
      throw SafetensorsError("\(bytes.count) bytes, too few for a safetensors header")
    }
    let size = Self.headerSize(of: bytes)
    guard size <= UInt64(min(Self.largestHeader, bytes.count - 8)) else {
      throw SafetensorsError("a header of \(size) bytes in \(bytes.count) bytes")
    }
    let start = 8 + Int(size)
    guard
      bytes.count > 8, bytes[8] == UInt8(ascii: "{"),
      let object = try? JSONSerialization.jsonObject(with: Data(bytes[8..<start])),
      let header = object as? [String: Any]
    else { throw SafetensorsError("the header is not a JSON object") }
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    var found: [(range: Range<Int>, tensor: Tensor)] = []
    for (name, value) in header where name != "__metadata__" {
      found.append(try Self.tensor(name, value, in: bytes[start...]))
    }
    // A tensor without numbers comes before the one that begins at the same place.
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.tensor.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.tensor.name)
    }
    var expected = 0
    for (range, tensor) in found {
      guard range.lowerBound == expected else {
        throw SafetensorsError(
          "\(tensor.name) begins at \(range.lowerBound), expected is \(expected)")
      }
      expected = range.upperBound
    }
    guard expected == bytes.count - start else {
      throw SafetensorsError("\(bytes.count - start - expected) bytes belong to no tensor")
    }
    tensors = found.map(\.tensor)
  }

  private static func tensor(
    _ name: String, _ value: Any, in data: ArraySlice<UInt8>
  ) throws(SafetensorsError) -> (Range<Int>, Tensor) {
    guard let fields = value as? [String: Any], let typeName = fields["dtype"] as? String,
      let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
      offsets.count == 2
    else { throw SafetensorsError("\(name) lacks dtype, shape or data_offsets") }
    guard let dtype = DType(rawValue: typeName) else {
      throw SafetensorsError("\(name) has the type \(typeName); read are F32, F64, I32 and I64")
    }
    guard 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count else {
      throw SafetensorsError(
        "\(name) lies at \(offsets[0]) to \(offsets[1]) of \(data.count) bytes")
    }
    var size = dtype.size
    for side in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: side)
      guard side >= 0, !overflow else { throw SafetensorsError("\(name) has the shape \(shape)") }
      size = product
    }
    guard size == offsets[1] - offsets[0] else {
      throw SafetensorsError(
        "\(name) of shape \(shape) takes \(size) bytes, has \(offsets[1] - offsets[0])")
    }
    let range = data.startIndex + offsets[0]..<data.startIndex + offsets[1]
    return (
      offsets[0]..<offsets[1],
      Tensor(name: name, dtype: dtype, shape: shape, bytes: Array(data[range]))
    )
  }
}
