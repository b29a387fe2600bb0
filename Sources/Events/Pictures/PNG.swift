import CZlib

/// Writes images as PNG (ISO/IEC 15948) with a palette, and several of them as its animated form (APNG).
public enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The bytes of a file with one image.
  ///
  /// - Precondition: `palette` has 1 to 256 colours, and the image uses no others.
  public static func still(_ image: IndexedImage, palette: [RGB]) -> [UInt8] {
    signature + header(image.width, image.height) + colours(palette)
      + chunk("IDAT", compressed(image)) + chunk("IEND", [])
  }

  static func header(_ width: Int, _ height: Int) -> [UInt8] {
    // 8 bits a pixel, colour type 3 (palette), deflate, no filter set but the usual, not interlaced.
    chunk("IHDR", bytes(width) + bytes(height) + [8, 3, 0, 0, 0])
  }

  static func colours(_ palette: [RGB]) -> [UInt8] {
    precondition((1...256).contains(palette.count))
    return chunk("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] })
  }

  /// Length, name, content, CRC-32 of name and content.
  static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    let sum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    return bytes(content.count) + body + bytes(Int(sum))
  }

  /// The rows in zlib's form, each after a 0: rows of a palette are not predicted from others.
  static func compressed(_ image: IndexedImage) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(image.pixels.count + image.height)
    for row in 0..<image.height {
      rows.append(0)
      rows += image.pixels[row * image.width..<(row + 1) * image.width]
    }
    let bound = compressBound(UInt(rows.count))
    return [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, count in
      var length = bound
      let code = compress2(buffer.baseAddress, &length, rows, UInt(rows.count), 9)
      // It fails for want of memory or room only, and there is room.
      precondition(code == Z_OK, "zlib's compress2 returned \(code)")
      count = Int(length)
    }
  }

  /// Four bytes, most significant first.
  static func bytes(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// An animation, written frame by frame; endless, as browsers show it. Viewers without animation show the first frame.
public struct AnimatedPNG: Sendable {
  private let width: Int
  private let height: Int
  private let frames: Int
  private let milliseconds: Int
  private var written = 0
  private var sequence = 0

  /// - Parameters:
  ///   - frames: how many there will be.
  ///   - milliseconds: how long each is shown, 1 to 65535.
  public init(width: Int, height: Int, frames: Int, milliseconds: Int) {
    precondition(frames > 0 && (1...65535).contains(milliseconds))
    (self.width, self.height) = (width, height)
    (self.frames, self.milliseconds) = (frames, milliseconds)
  }

  /// The bytes with which the file begins.
  public func beginning(palette: [RGB]) -> [UInt8] {
    PNG.signature + PNG.header(width, height)
      + PNG.chunk("acTL", PNG.bytes(frames) + PNG.bytes(0)) + PNG.colours(palette)
  }

  /// The bytes of the next frame, and with the last of them of the file's end.
  ///
  /// - Precondition: the frame has the animation's size, and there are not more than were announced.
  public mutating func frame(_ image: IndexedImage) -> [UInt8] {
    precondition(image.width == width && image.height == height && written < frames)
    let place = PNG.bytes(width) + PNG.bytes(height) + PNG.bytes(0) + PNG.bytes(0)
    // In thousandths of a second.
    let delay = [UInt8(milliseconds >> 8), UInt8(milliseconds & 0xFF), 0x03, 0xE8]
    var bytes = PNG.chunk("fcTL", next() + place + delay + [0, 0])
    let content = PNG.compressed(image)
    bytes += written == 0 ? PNG.chunk("IDAT", content) : PNG.chunk("fdAT", next() + content)
    written += 1
    return written == frames ? bytes + PNG.chunk("IEND", []) : bytes
  }

  private mutating func next() -> [UInt8] {
    defer { sequence += 1 }
    return PNG.bytes(sequence)
  }
}
