import Foundation
import Learning
import Testing

/// The core's own exponential and logarithm against those of the C library.
struct PortableFunctionTests {
  @Test("The exponential is right to two units in the last place")
  func exponential() {
    for step in 0...200_000 {
      let x = -740 + 1449 * Double(step) / 200_000
      let expected = exp(x)
      let found = Double.exponential(x)
      #expect(abs(found - expected) <= 2 * expected.ulp, "exp(\(x))")
    }
    #expect(Double.exponential(0) == 1)
    #expect(Double.exponential(-.infinity) == 0)
    #expect(Double.exponential(-1e9) == 0)
    #expect(Double.exponential(.infinity) == .infinity)
    #expect(Double.exponential(710) == .infinity)
    #expect(Double.exponential(.nan).isNaN)
  }

  @Test("The logarithm is right, and special values are special")
  func logarithm() {
    for step in 1...100_000 {
      let x = Double(step) * Double(step) * 1e-4
      #expect(abs(Double.logarithm(x) - log(x)) <= 4e-16 * max(1, abs(log(x))) * 2, "log(\(x))")
    }
    #expect(Double.logarithm(1) == 0)
    #expect(Double.logarithm(0) == -.infinity)
    #expect(Double.logarithm(.infinity) == .infinity)
    #expect(Double.logarithm(.nan).isNaN)
    #expect(Float.logarithm(.nan).isNaN)
  }
}
