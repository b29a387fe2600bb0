/// The exponential function with the same bits on every machine.
///
/// The C library picks its own routine by processor, and two of them may differ in the last bit, which learning would
/// carry into every weight. Here only IEEE additions, multiplications and a rounding take part:
///
///     x = k ln 2 + r, |r| <= ln 2 / 2        exp x = 2^k (1 + r + r^2/2! + ... + r^13/13!)
///
/// The first term left out is below 1e-17 of the sum; the error is about a unit in the last place.
func portableExponential(_ x: Double) -> Double {
  guard x > -745.2 else { return x.isNaN ? x : 0 }
  guard x < 709.8 else { return x.isNaN ? x : .infinity }
  // Adding 3 x 2^51 leaves no place for a fraction.
  let k = (x * 1.4426950408889634 + 0x1.8p52) - 0x1.8p52
  let r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33
  var sum = 1.0 / 6227020800
  sum = sum * r + 1.0 / 479001600
  sum = sum * r + 1.0 / 39916800
  sum = sum * r + 1.0 / 3628800
  sum = sum * r + 1.0 / 362880
  sum = sum * r + 1.0 / 40320
  sum = sum * r + 1.0 / 5040
  sum = sum * r + 1.0 / 720
  sum = sum * r + 1.0 / 120
  sum = sum * r + 1.0 / 24
  sum = sum * r + 1.0 / 6
  sum = sum * r + 1.0 / 2
  sum = sum * r + 1
  sum = sum * r + 1
  // In two steps, for 2^k alone may lie outside the range of the numbers.
  let half = Int(k) / 2
  return sum * power(half) * power(Int(k) - half)
}

/// 2^exponent, for exponents of normal numbers.
@inline(__always)
private func power(_ exponent: Int) -> Double {
  Double(bitPattern: UInt64(truncatingIfNeeded: 1023 + exponent) << 52)
}
