import Events
import Testing

@Suite struct SimulationRandomTests {
  /// The first numbers for seed 1234567, widely published with the reference code.
  @Test func matchesTheReference() {
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for value in expected { #expect(random.next() == value) }
  }

  @Test func uniformAndGaussianHaveTheirMoments() {
    var random = SplitMix64(seed: 42, stream: 7)
    let uniform = (0..<200_000).map { _ in random.nextUniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    let flat = moments(uniform)
    #expect(abs(flat.mean - 0.5) < 0.003)
    #expect(abs(flat.variance - 1.0 / 12) < 0.001)
    let gaussian = (0..<200_000).map { _ in random.nextGaussian() }
    let bell = moments(gaussian)
    #expect(abs(bell.mean) < 0.012)
    #expect(abs(bell.variance - 1) < 0.02)
    #expect(abs(Double(gaussian.count { abs($0) > 1.96 }) / 200_000 - 0.05) < 0.003)
    let waits = moments((0..<200_000).map { _ in random.nextExponential() })
    #expect(abs(waits.mean - 1) < 0.012)
    #expect(abs(waits.variance - 1) < 0.04)
  }

  @Test func streamsOfOneSeedAreUnrelated() {
    var seen: Set<UInt64> = []
    var correlation = 0.0
    for stream in 0..<2000 as Range<UInt64> {
      var one = SplitMix64(seed: 1, stream: stream)
      var other = SplitMix64(seed: 1, stream: stream + 1)
      #expect(one.increment & 1 == 1)
      #expect(one.increment != other.increment)
      correlation += (one.nextUniform() - 0.5) * (other.nextUniform() - 0.5) * 12 / 2000
      for _ in 0..<10 { seen.insert(one.next()) }
    }
    #expect(seen.count == 20_000)
    #expect(abs(correlation) < 0.1)
  }

  @Test func aCopyContinuesAlike() {
    var random = SplitMix64(seed: 9, stream: 3)
    _ = random.nextGaussian()
    var copy = random
    #expect(copy.nextGaussian() == random.nextGaussian())
    #expect(copy == random)
  }
}
