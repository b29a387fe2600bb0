import CLZ4
import CZstd

/// Undoes the compression of packets, in memory that is used again.
///
/// Nothing larger than ``limit`` comes out, whatever goes in; that much memory is held at most.
final class PacketInflater {
  /// Bytes of a packet without its compression, at most.
  static let limit = 1 << 26

  private var room: UnsafeMutableRawBufferPointer
  private var lz4: OpaquePointer?
  private var zstd: OpaquePointer?

  init() {
    room = .allocate(byteCount: 1 << 20, alignment: 16)
  }

  deinit {
    room.deallocate()
    LZ4F_freeDecompressionContext(lz4)
    ZSTD_freeDCtx(zstd)
  }

  /// The bytes of one frame, valid until the next call; nothing where `bytes` hold none, or one that is too large.
  func inflate(
    _ bytes: UnsafeRawBufferPointer, _ compression: RecordingLayout.Compression
  ) -> UnsafeRawBufferPointer? {
    while true {
      let size: Int?
      switch compression {
      case .none: return bytes
      case .lz4: size = inflateLZ4(bytes)
      case .zstd: size = inflateZstd(bytes)
      }
      if let size { return UnsafeRawBufferPointer(rebasing: room[..<size]) }
      // Whether the frame is damaged or the room too small is not always told.
      guard isTooSmall, room.count < Self.limit else { return nil }
      let larger = 2 * room.count
      room.deallocate()
      room = .allocate(byteCount: larger, alignment: 16)
    }
  }

  /// Whether it was for lack of room that the last frame could not be inflated.
  private var isTooSmall = false

  private func inflateLZ4(_ bytes: UnsafeRawBufferPointer) -> Int? {
    isTooSmall = false
    if lz4 == nil { LZ4F_createDecompressionContext(&lz4, UInt32(LZ4F_VERSION)) }
    guard let lz4 else { return nil }
    LZ4F_resetDecompressionContext(lz4)
    var options = LZ4F_decompressOptions_t()
    options.stableDst = 1
    var (taken, written) = (0, 0)
    while true {
      var (source, target) = (bytes.count - taken, room.count - written)
      let hint = LZ4F_decompress(
        lz4, room.baseAddress?.advanced(by: written), &target,
        bytes.baseAddress?.advanced(by: taken), &source, &options)
      guard LZ4F_isError(hint) == 0 else { return nil }
      (taken, written) = (taken + source, written + target)
      if hint == 0 { return written }
      if source == 0, target == 0 {
        isTooSmall = written == room.count
        return nil
      }
    }
  }

  private func inflateZstd(_ bytes: UnsafeRawBufferPointer) -> Int? {
    if zstd == nil { zstd = ZSTD_createDCtx() }
    let size = ZSTD_decompressDCtx(
      zstd, room.baseAddress, room.count, bytes.baseAddress, bytes.count)
    guard ZSTD_isError(size) != 0 else { return size }
    // ZSTD_CONTENTSIZE_UNKNOWN and ZSTD_CONTENTSIZE_ERROR are 2^64 - 1 and 2^64 - 2.
    let stated = ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
    isTooSmall = stated == .max || (stated > room.count && stated <= Self.limit)
    return nil
  }
}

extension RecordingLayout.Compression {
  /// One frame with `bytes`.
  func deflate(_ bytes: UnsafeRawBufferPointer) throws(RecordingError) -> [UInt8] {
    switch self {
    case .none:
      return Array(bytes)
    case .lz4:
      return try frame(LZ4F_compressFrameBound(bytes.count, nil)) {
        let size = LZ4F_compressFrame($0.baseAddress, $0.count, bytes.baseAddress, bytes.count, nil)
        return LZ4F_isError(size) == 0 ? size : nil
      }
    case .zstd:
      return try frame(ZSTD_compressBound(bytes.count)) {
        let size = ZSTD_compress($0.baseAddress, $0.count, bytes.baseAddress, bytes.count, 3)
        return ZSTD_isError(size) == 0 ? size : nil
      }
    }
  }

  private func frame(
    _ bound: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int?
  ) throws(RecordingError) -> [UInt8] {
    var size: Int?
    let frame = [UInt8](unsafeUninitializedCapacity: bound) { room, count in
      size = fill(UnsafeMutableRawBufferPointer(room))
      count = size ?? 0
    }
    guard size != nil else {
      throw .unsupported(path: nil, reason: "a packet cannot be compressed by \(rawValue)")
    }
    return frame
  }
}
