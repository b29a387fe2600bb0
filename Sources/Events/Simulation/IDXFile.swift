/// Grey images of one size, as an idx file holds them.
public struct IDXImages: Equatable, Sendable {
  public let count: Int
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// All images, one after the other, each row by row.
  public let pixels: [UInt8]

  /// The images at the indices of `range`.
  ///
  /// - Precondition: `range` lies in 0..<count.
  public func part(_ range: Range<Int>) -> IDXImages {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
    let size = width * height
    return IDXImages(
      count: range.count, width: width, height: height,
      pixels: Array(pixels[(range.lowerBound * size)..<(range.upperBound * size)]))
  }

  /// The image at `index`.
  ///
  /// - Precondition: `index` is in 0..<count.
  public func image(at index: Int) -> GrayImage {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    let size = width * height
    return GrayImage(
      uncheckedWidth: width, height: height,
      pixels: Array(pixels[(index * size)..<((index + 1) * size)]))
  }
}

/// Reader of idx files, the format of MNIST (LeCun, Cortes and Burges), plain or in gzip.
///
///     0x00 0x00 | type (0x08 = unsigned byte) | n | n sizes, 32-bit big-endian | values
///
/// A file is not believed: sizes are checked against limits before memory is taken for them, and
/// memory grows with the bytes that are really there.
public enum IDXFile {
  /// Most images or labels in one file.
  public static let countLimit = 10_000_000
  /// Longest side of an image, in pixels.
  public static let sideLimit = 65536
  /// Most bytes of values, unless the caller says otherwise: 1 GiB.
  public static let defaultByteLimit = 1 << 30

  /// The images of an idx file of three dimensions.
  ///
  /// - Parameter byteLimit: Most bytes that the images may take in memory.
  /// - Throws: ``IDXError``.
  public static func images(
    path: String, byteLimit: Int = defaultByteLimit
  ) throws(IDXError) -> IDXImages {
    let (sizes, pixels) = try read(path, dimensions: 3, byteLimit: byteLimit)
    return IDXImages(count: sizes[0], width: sizes[2], height: sizes[1], pixels: pixels)
  }

  /// The labels of an idx file of one dimension.
  ///
  /// - Throws: ``IDXError``.
  public static func labels(
    path: String, byteLimit: Int = defaultByteLimit
  ) throws(IDXError) -> [UInt8] {
    try read(path, dimensions: 1, byteLimit: byteLimit).values
  }

  private static let unsignedByte: UInt8 = 0x08

  private static func read(
    _ path: String, dimensions: Int, byteLimit: Int
  ) throws(IDXError) -> (sizes: [Int], values: [UInt8]) {
    let input = try GzipInput(path: path)
    let headerSize = 4 + 4 * dimensions

    let magic = try exactly(4, of: input, promised: headerSize)
    guard magic[0] == 0, magic[1] == 0 else {
      throw input.error(.notIDX(firstBytes: UInt16(magic[0]) << 8 | UInt16(magic[1])), at: 0)
    }
    guard magic[2] == unsignedByte else {
      throw input.error(.elementType(code: magic[2], expected: unsignedByte), at: 2)
    }
    guard Int(magic[3]) == dimensions else {
      throw input.error(.dimensionCount(Int(magic[3]), expected: dimensions), at: 3)
    }

    var sizes: [Int] = []
    var total = 1
    for axis in 0..<dimensions {
      let offset = input.offset
      let bytes = try exactly(4, of: input, promised: headerSize)
      let size = bytes.reduce(0) { $0 << 8 | Int($1) }
      // An empty file is a file; an image without pixels is not an image.
      let allowed = axis == 0 ? 0...countLimit : 1...sideLimit
      guard allowed.contains(size) else {
        throw input.error(
          .dimension(axis: axis, value: size, limit: allowed.upperBound), at: offset)
      }
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow, product <= byteLimit else {
        throw input.error(.totalSize(limit: byteLimit), at: offset)
      }
      total = product
      sizes.append(size)
    }

    let values = try exactly(total, of: input, promised: headerSize + total)
    // Reading on also makes zlib compare the checksum at the end.
    guard try input.read(1).isEmpty else {
      throw input.error(.trailingBytes(expectedBytes: headerSize + total), at: headerSize + total)
    }
    return (sizes, values)
  }

  private static func exactly(
    _ count: Int, of input: borrowing GzipInput, promised: Int
  ) throws(IDXError) -> [UInt8] {
    let bytes = try input.read(count)
    guard bytes.count == count else {
      throw input.error(.truncated(expectedBytes: promised), at: input.offset)
    }
    return bytes
  }
}
