import Events
import Foundation
import Testing

/// Pictures as spikes.
@Suite struct InputCodeTests {
  private let ramp: GrayImage
  private let geometry = SensorGeometry(width: 16, height: 16)

  init() throws {
    ramp = try GrayImage(width: 16, height: 16, pixels: (0...255).map { UInt8($0) })
  }

  /// The steps of each pixel's ON spikes.
  private func steps(_ spikes: [[Int32]]) -> [[Int]] {
    (0..<256).map { pixel in
      let address = geometry.address(x: UInt16(pixel % 16), y: UInt16(pixel / 16), on: true)
      return spikes.indices.filter { spikes[$0].contains(address) }
    }
  }

  private func isAscending(_ spikes: [[Int32]]) -> Bool {
    spikes.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } }
  }

  @Test func ratesAreBrightnesses() {
    var random = SplitMix64(seed: 7)
    let count = 4000
    let spikes = RateCode(steps: count).spikes(of: ramp, using: &random)
    #expect(spikes.count == count && isAscending(spikes))
    var counts = [Int](repeating: 0, count: 512)
    for step in spikes { for address in step { counts[Int(address)] += 1 } }
    #expect(counts[..<256].allSatisfy { $0 == 0 }, "OFF")
    #expect(counts[256] == 0 && counts[511] == count, "black and white")
    for pixel in 0...255 {
      let p = Double(pixel) / 255
      // Five deviations of a binomial number: one in a million lies outside.
      let bound = 5 * (Double(count) * p * (1 - p)).squareRoot()
      #expect(abs(Double(counts[256 + pixel]) - Double(count) * p) <= bound, "\(pixel)")
    }
    // Neighbouring steps and neighbouring pixels are independent: half times half.
    let both = zip(spikes, spikes.dropFirst()).count { $0.contains(384) && $1.contains(384) }
    #expect(abs(Double(both) / Double(count) - 0.252) < 5 * 0.0095)
    let pair = spikes.count { $0.contains(383) && $0.contains(384) }
    #expect(abs(Double(pair) / Double(count) - 0.25) < 5 * 0.007)
  }

  @Test func latenciesFollowTheFormula() {
    var random = SplitMix64(seed: 1)
    let linear = LatencyCode(steps: 52)
    let found = steps(linear.spikes(of: ramp, using: &random))
    for pixel in 0...255 {
      // 51 (1 - p/255) = (255 - p) / 5, in whole numbers; darker than 0.01 are 0 to 2.
      let expected = pixel < 3 ? [] : [(2 * (255 - pixel) + 5) / 10]
      #expect(found[pixel] == expected, "\(pixel)")
    }
    let charging = LatencyCode(steps: 20, threshold: 0.1, form: .charging(tau: 5))
    let times = steps(charging.spikes(of: ramp, using: &random))
    for pixel in 0...255 {
      let x = Double(pixel) / 255
      guard x >= 0.1 else {
        #expect(times[pixel].isEmpty)
        continue
      }
      // The charge of a capacitor, followed until it is at the threshold.
      var (charge, time, dt) = (0.0, 0.0, 0.0005)
      while charge < 0.1, time < 40 {
        charge += dt / 5 * (x - charge)
        time += dt
      }
      let near = [time - 0.01, time + 0.01].map { min(Int($0.rounded()), 19) }
      #expect(
        times[pixel].count == 1 && near.contains(times[pixel][0]), "\(pixel): \(times[pixel])")
    }
    // The example of snnTorch's manual: 0.02, 0.5 and 1 in five steps come in 4, 2 and 0.
    let five = LatencyCode(steps: 5)
    #expect([0.02, 0.5, 1].map { five.step(of: $0) } == [4, 2, 0])
    #expect(five.step(of: 0.009) == nil)
  }

  @Test func deltaSpikesTellTheSignal() {
    var random = SplitMix64(seed: 3)
    let (count, threshold) = (20, 0.25)
    var values = (0..<count).map { _ in random.nextUniform() }
    var modulator = DeltaModulator(values, threshold: threshold)
    // Whoever knows the first values and sees the spikes.
    var told = values
    var spikes = 0
    for _ in 0..<500 {
      for index in values.indices { values[index] += threshold * (2 * random.nextUniform() - 1) }
      for address in modulator.step(values) {
        spikes += 1
        let index = Int(address)
        if index < count { told[index] -= threshold } else { told[index - count] += threshold }
      }
      for (value, known) in zip(values, told) { #expect(abs(value - known) < threshold) }
    }
    #expect(spikes > 500)
    #expect(modulator.step(values).isEmpty)
  }

  @Test func aMovedPictureComesBack() throws {
    var pixels = [UInt8](repeating: 0, count: 256)
    for index in [5 * 16 + 5, 6 * 16 + 5, 6 * 16 + 6] { pixels[index] = 255 }
    let image = try GrayImage(width: 16, height: 16, pixels: pixels)
    var random = SplitMix64(seed: 1)
    let code = DeltaCode(steps: 32)
    let spikes = code.spikes(of: image, using: &random)
    #expect(spikes.count == 32 && isAscending(spikes))
    // After eight steps of a quarter it has moved by two pixels to the right, after all of them it is back.
    #expect(code.offset(after: 8) == (2, 0) && code.offset(after: 16) == (2, 2))
    #expect(code.offset(after: 32) == (0, 0))
    func told(_ count: Int) -> [Double] {
      var values = pixels.map { Double($0) / 255 }
      for address in spikes[..<count].joined() {
        if address < 256 {
          values[Int(address)] -= 0.25
        } else {
          values[Int(address) - 256] += 0.25
        }
      }
      return values
    }
    for (count, dx, dy) in [(8, 2, 0), (16, 2, 2), (24, 0, 2), (32, 0, 0)] {
      for y in 0..<16 {
        for x in 0..<16 {
          let inside = x >= dx && y >= dy
          let value = inside ? Double(pixels[(y - dy) * 16 + x - dx]) / 255 : 0
          #expect(abs(told(count)[y * 16 + x] - value) < 0.25, "\(x), \(y) after \(count)")
        }
      }
    }
    let black = try GrayImage(width: 16, height: 16, pixels: [UInt8](repeating: 0, count: 256))
    let nothing = code.spikes(of: black, using: &random)
    #expect(nothing.allSatisfy { $0.isEmpty })
  }
}
