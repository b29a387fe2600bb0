import Events
import Testing

@Suite struct PNGTests {
  private static func image(_ width: Int, _ height: Int, seed: UInt64) -> IndexedImage {
    var random = SplitMix64(seed: seed)
    var image = IndexedImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width where random.next() % 3 == 0 {
        image[x, y] = UInt8(random.nextInteger(below: 241))
      }
    }
    return image
  }

  @Test(arguments: [(1, 1), (7, 5), (300, 200)], PictureColours.allCases)
  func aStillIsReadBackByTheSpecification(_ size: (Int, Int), _ colours: PictureColours) throws {
    let image = Self.image(size.0, size.1, seed: 5)
    let palette = colours.palette
    let file = try PNGFile(PNG.still(image, palette: palette))
    #expect(file.names == ["IHDR", "PLTE", "IDAT", "IEND"])
    #expect(file.width == size.0 && file.height == size.1)
    #expect(Array(file.content("IHDR")[8...]) == [8, 3, 0, 0, 0])
    #expect(file.palette == palette.map { [$0.red, $0.green, $0.blue] })
    #expect(try file.pixels(file.content("IDAT")) == image.pixels)
  }

  @Test func anAnimationIsReadBackByTheSpecification() throws {
    let frames = (0..<4).map { Self.image(31, 17, seed: UInt64($0)) }
    var writer = AnimatedPNG(width: 31, height: 17, frames: 4, milliseconds: 40)
    var bytes = writer.beginning(palette: PictureColours.dark.palette)
    for frame in frames { bytes += writer.frame(frame) }
    let file = try PNGFile(bytes)
    let expected =
      ["IHDR", "acTL", "PLTE", "fcTL", "IDAT"]
      + (1..<4).flatMap { _ in ["fcTL", "fdAT"] } + ["IEND"]
    #expect(file.names == expected)
    #expect(file.content("acTL") == [0, 0, 0, 4, 0, 0, 0, 0])
    var sequence = 0
    for chunk in file.chunks where chunk.name == "fcTL" || chunk.name == "fdAT" {
      #expect(PNGFile.number(chunk.content[0..<4]) == sequence)
      sequence += 1
      guard chunk.name == "fcTL" else { continue }
      let rest = [0, 0, 0, 31, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0x03, 0xE8, 0, 0]
      #expect(chunk.content[4...].map { Int($0) } == rest)
    }
    #expect(try file.pixels(file.content("IDAT")) == frames[0].pixels)
    let others = file.chunks.filter { $0.name == "fdAT" }
    for (chunk, frame) in zip(others, frames.dropFirst()) {
      #expect(try file.pixels(Array(chunk.content[4...])) == frame.pixels)
    }
  }

  @Test func damageIsSeenByTheCheck() throws {
    var bytes = PNG.still(Self.image(9, 9, seed: 1), palette: PictureColours.dark.palette)
    bytes[bytes.count / 2] ^= 4
    #expect(throws: PNGFile.Damaged.self) { try PNGFile(bytes) }
  }

  /// Brettel, Vienot and Mollon's question in short: what is left when red and green are one.
  @Test(arguments: PictureColours.allCases)
  func polaritiesDifferForEyesWithoutRedOrGreen(_ colours: PictureColours) throws {
    let palette = colours.palette
    // The strongest ON and the strongest OFF: 16 events of one polarity and none of the other.
    let (on, off) = (palette[16 + 14 * 15], palette[16 + 14])
    #expect(abs(Int(on.blue) - Int(off.blue)) > 100)
    #expect(Set(palette[16...]).count > 200)
  }
}
