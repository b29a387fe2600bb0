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
  let k = (x * 1.4426950408889634).rounded()
  let r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33
  var sum = 1.0
  var divisor = 13.0
  while divisor > 0 {
    sum = sum * r / divisor + 1
    divisor -= 1
  }
  // In two steps, for 2^k alone may lie outside the range of the numbers.
  let half = Int(k) / 2
  let scale = Double(sign: .plus, exponent: half, significand: 1)
  return sum * scale * Double(sign: .plus, exponent: Int(k) - half, significand: 1)
}
