/// The stream that the NetworkWriter of dv-processing serves: the header of AEDAT 4, then its packets. Of several streams of
/// events the first is read.
public struct DVNetwork: BridgeDecoder {
  public private(set) var geometry: SensorGeometry?
  private var packets: AEDAT4PacketDecoder?

  public init() {}

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    do throws(RecordingError) {
      if let taken = try packets?.decode(bytes, into: &batch) { return taken }
      guard let (header, length) = try AEDAT4Header.read(bytes) else { return 0 }
      geometry = header.geometry
      packets = AEDAT4PacketDecoder(header)
      return length
    } catch {
      throw WireError(.encoding, "\(error)")
    }
  }
}
