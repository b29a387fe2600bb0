import Foundation

/// The header frame of an event message: JSON where it begins with `{`, else 48 bytes.
///
/// The binary form, little-endian:
///
/// | offset | field | type |
/// | --- | --- | --- |
/// | 0 | magic, the bytes `A F F 1` | 4 bytes |
/// | 4 | size of the header, 48 | uint16 |
/// | 6 | flags: bit 0 = end of recording | uint16 |
/// | 8 | encoding, ``WireEncoding/code`` | uint16 |
/// | 10 | 0 | uint16 |
/// | 12 | width | uint16 |
/// | 14 | height | uint16 |
/// | 16 | sequence number | uint64 |
/// | 24 | `t_base` in microseconds | int64 |
/// | 32 | number of events | uint32 |
/// | 36 | 0 | uint32 |
/// | 40 | `t_end` in microseconds, -1 where absent | int64 |
public struct EventHeader: Equatable, Sendable {
  public static let binarySize = 48
  /// A JSON header must not be larger.
  public static let largestJSON = 1 << 16
  private static let magic: [UInt8] = Array("AFF1".utf8)

  public var encoding: WireEncoding
  /// Number of the message at its publisher; the first is 0, which starts the stream anew. Nothing for a publisher that
  /// does not number its messages: what it loses cannot be counted.
  public var sequence: UInt64?
  public var geometry: SensorGeometry
  /// Stream time that the times of the payload are counted from, in microseconds.
  public var tBase: Int64
  /// Number of events in the payload, checked where given.
  public var count: Int?
  /// The recording ends with this message.
  public var endOfRecording: Bool
  /// A watermark in stream time, in microseconds: all events before it have been sent, those of this message among them. The
  /// receiver closes its steps up to there at once. A message without events that has one tells of a still scene, and that
  /// the sensor lives. With ``endOfRecording`` the recording ends there; without one, after its last event.
  public var tEnd: Int64?

  public init(
    encoding: WireEncoding, sequence: UInt64?, geometry: SensorGeometry, tBase: Int64 = 0,
    count: Int? = nil, endOfRecording: Bool = false, tEnd: Int64? = nil
  ) {
    self.encoding = encoding
    self.sequence = sequence
    self.geometry = geometry
    self.tBase = tBase
    self.count = count
    self.endOfRecording = endOfRecording
    self.tEnd = tEnd
  }

  /// Reads either form.
  public init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    if bytes.first == UInt8(ascii: "{") {
      try self.init(json: bytes)
    } else {
      try self.init(binary: bytes)
    }
    for time in [tBase, tEnd ?? 0] where !WireEncoding.headerTimes.contains(time) {
      throw WireError(.time, "the header has the time \(time) us, the limit is +-2^61")
    }
  }
}

// MARK: - JSON

extension EventHeader {
  private struct Fields: Decodable {
    var v: WireInteger<Int>?
    var encoding: String
    var seq: WireInteger<UInt64>
    var width: WireInteger<Int>
    var height: WireInteger<Int>
    var tBase: WireInteger<Int64>?
    var count: WireInteger<Int>?
    var eos: Bool?
    var tEnd: WireInteger<Int64>?

    private enum CodingKeys: String, CodingKey {
      case v, encoding, seq, width, height, count, eos
      case tBase = "t_base"
      case tEnd = "t_end"
    }
  }

  private init(json: UnsafeRawBufferPointer) throws(WireError) {
    guard json.count <= Self.largestJSON else {
      throw WireError(.header, "a header of \(json.count) bytes, the limit is \(Self.largestJSON)")
    }
    let fields = try WireJSON.decode(Fields.self, from: json, reason: .header)
    if let version = fields.v?.value, version != 1 {
      throw WireError(.header, "version \(version) of the header, known is 1")
    }
    guard let encoding = WireEncoding(rawValue: fields.encoding) else {
      let known = WireEncoding.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError(
        .encoding,
        "the encoding \"\(WireError.excerpt(fields.encoding))\" is not known (known: \(known))")
    }
    self.encoding = encoding
    sequence = fields.seq.value
    geometry = try Self.geometry(width: fields.width.value, height: fields.height.value)
    tBase = fields.tBase?.value ?? 0
    count = fields.count?.value
    endOfRecording = fields.eos ?? false
    tEnd = fields.tEnd?.value
  }

  /// The JSON form.
  public var json: [UInt8] {
    var text =
      #"{"v":1,"encoding":"\#(encoding.rawValue)","seq":\#(sequence ?? 0),"width":\#(geometry.width)"#
    text += #","height":\#(geometry.height),"t_base":\#(tBase)"#
    if let count { text += #","count":\#(count)"# }
    if endOfRecording { text += #","eos":true"# }
    if let tEnd { text += #","t_end":\#(tEnd)"# }
    return Array((text + "}").utf8)
  }

  private static func geometry(width: Int, height: Int) throws(WireError) -> SensorGeometry {
    guard (1...65536).contains(width), (1...65536).contains(height) else {
      throw WireError(.geometry, "a sensor of \(width)x\(height) pixels; a side is 1 to 65536")
    }
    return SensorGeometry(width: width, height: height)
  }
}

// MARK: - Binary

extension EventHeader {
  private init(binary: UnsafeRawBufferPointer) throws(WireError) {
    guard binary.count == Self.binarySize else {
      throw WireError(
        .header,
        "\(binary.count) bytes that do not begin with {; a binary header has \(Self.binarySize)")
    }
    guard binary.starts(with: Self.magic) else {
      let found = binary.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
      throw WireError(.header, "the binary header begins with \(found), not with AFF1")
    }
    func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
      T(littleEndian: binary.loadUnaligned(fromByteOffset: offset, as: type))
    }
    let size = load(4, as: UInt16.self)
    let flags = load(6, as: UInt16.self)
    guard size == Self.binarySize, flags & ~1 == 0 else {
      throw WireError(
        .header, "a binary header of size \(size) with flags \(flags); known: 48, 0 or 1")
    }
    guard load(10, as: UInt16.self) == 0, load(36, as: UInt32.self) == 0 else {
      throw WireError(.header, "the fields at bytes 10 and 36 of a binary header must be 0")
    }
    let code = load(8, as: UInt16.self)
    guard let encoding = WireEncoding(code: code) else {
      throw WireError(.encoding, "the encoding number \(code) is not known")
    }
    self.encoding = encoding
    geometry = try Self.geometry(
      width: Int(load(12, as: UInt16.self)), height: Int(load(14, as: UInt16.self)))
    sequence = load(16, as: UInt64.self)
    tBase = load(24, as: Int64.self)
    count = Int(load(32, as: UInt32.self))
    endOfRecording = flags & 1 == 1
    let end = load(40, as: Int64.self)
    tEnd = end == -1 ? nil : end
  }

  /// The 48-byte form.
  ///
  /// - Precondition: both sides of the sensor are below 65536 and the count is below 2^32.
  public func binary(count: Int) -> [UInt8] {
    var bytes = Self.magic
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    append(UInt16(Self.binarySize))
    append(UInt16(endOfRecording ? 1 : 0))
    append(encoding.code)
    append(UInt16(0))
    append(UInt16(geometry.width))
    append(UInt16(geometry.height))
    append(sequence ?? 0)
    append(tBase)
    append(UInt32(count))
    append(UInt32(0))
    append(tEnd ?? -1)
    return bytes
  }
}
