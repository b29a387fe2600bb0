/// The datagrams of faery: records of one of two encodings, without header or number.
public struct FaeryDatagrams: BridgeDecoder {
  /// The encodings that faery sends.
  public static let encodings: [WireEncoding] = [.t64x16y16on8, .t32x16y15on1]

  private let encoding: WireEncoding
  private var clock = ClockUnwrapper()

  /// - Parameter encoding: one of ``encodings``; the first is faery's default.
  public init(_ encoding: WireEncoding = .t64x16y16on8) {
    self.encoding = encoding
  }

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    try batch.append(bytes, encoding, clock: &clock)
    return bytes.count
  }
}
