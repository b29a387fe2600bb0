/// Reads numbers in a text of which the last byte is a line end: no number runs beyond it.
struct TextScanner {
  var place: UnsafePointer<UInt8>

  @inline(__always) init(_ place: UnsafePointer<UInt8>) { self.place = place }

  static let lineEnd = UInt8(ascii: "\n")

  @inline(__always)
  mutating func skipBlanks(and other: UInt8) {
    while place.pointee == 0x20 || place.pointee == other { place += 1 }
  }

  /// Whether the line ends here, with or without a carriage return.
  @inline(__always)
  var isAtLineEnd: Bool {
    place.pointee == Self.lineEnd || (place.pointee == 0x0D && place[1] == Self.lineEnd)
  }

  /// The value of the digit here; above 9 where there is none.
  @inline(__always)
  private var digit: UInt8 { place.pointee &- UInt8(ascii: "0") }

  /// A number from 0 to 65535.
  @inline(__always)
  mutating func coordinate() -> UInt16? {
    let start = place
    var value: UInt32 = 0
    while digit < 10, value < 65536 {
      value = value &* 10 &+ UInt32(digit)
      place += 1
    }
    return place > start && value < 65536 ? UInt16(truncatingIfNeeded: value) : nil
  }

  /// 0 or 1, -1 or 1, or a truth value.
  @inline(__always)
  mutating func polarity() -> Bool? {
    guard digit < 2 else { return rarePolarity() }
    let on = digit == 1
    place += 1
    return digit < 10 ? nil : on
  }

  @inline(never)
  private mutating func rarePolarity() -> Bool? {
    for (text, on) in [("-1", false), ("+1", true), ("false", false), ("true", true)] {
      let matches = text.utf8.enumerated().allSatisfy { index, byte in
        // The bit between small and capital letters; the line end stops the comparison.
        let found = place[index]
        return found == byte || (byte > 0x60 && found | 0x20 == byte)
      }
      guard matches else { continue }
      place += text.utf8.count
      return digit < 10 ? nil : on
    }
    return nil
  }

  /// A decimal number, times 10^`scale`, to the nearest integer; halves go away from 0.
  ///
  /// All of it is arithmetic of integers: 0.000779999 s are 780 us, and no digit is lost at 10^12 s.
  @inline(__always)
  mutating func scaled(by scale: Int) -> Int64? {
    let start = place
    var value: UInt64 = 0
    while digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      place += 1
    }
    let whole = place - start
    var missing = scale
    if place.pointee == UInt8(ascii: ".") {
      place += 1
      while missing > 0, digit < 10 {
        value = value &* 10 &+ UInt64(digit)
        place += 1
        missing &-= 1
      }
    }
    // Signs, powers and more digits than need be are rare.
    if whole == 0 || whole + scale > 18 || missing < 0 || place.pointee | 0x20 == UInt8(ascii: "e")
    {
      place = start
      return rareScaled(by: scale)
    }
    while missing > 0 {
      value = value &* 10
      missing &-= 1
    }
    if digit < 10 {
      // Only a fraction leaves digits.
      if digit >= 5 { value &+= 1 }
      while digit < 10 { place += 1 }
      if place.pointee | 0x20 == UInt8(ascii: "e") {
        place = start
        return rareScaled(by: scale)
      }
    }
    return Int64(truncatingIfNeeded: value)
  }

  /// Whether the number that began at `start` has digits other than 0 behind its point.
  @inline(__always)
  func hasFraction(since start: UnsafePointer<UInt8>) -> Bool {
    var at = start
    while at < place, at.pointee != UInt8(ascii: ".") { at += 1 }
    while at < place, at.pointee < UInt8(ascii: "1") { at += 1 }
    return at < place && at.pointee <= UInt8(ascii: "9")
  }

  @inline(never)
  private mutating func rareScaled(by scale: Int) -> Int64? {
    let isNegative = place.pointee == UInt8(ascii: "-")
    if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
    // Up to 19 digits of the number, what power of ten they count, and the digit that comes next.
    var (value, power, next): (UInt64, Int, UInt8?) = (0, scale, nil)
    var (digits, isFraction) = (0, false)
    while true {
      if place.pointee == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if digit < 10 {
        digits += 1
        if value < 1_000_000_000_000_000_000 {
          value = value * 10 + UInt64(digit)
          if isFraction { power -= 1 }
        } else {
          next = next ?? digit
          if !isFraction { power += 1 }
        }
      } else {
        break
      }
      place += 1
    }
    guard digits > 0 else { return nil }
    if place.pointee | 0x20 == UInt8(ascii: "e") {
      place += 1
      guard let exponent = exponent() else { return nil }
      power += exponent
    }
    guard let size = Self.shifted(value, by: power, next: next ?? 0),
      size <= 1 << 62 - (isNegative ? 0 : 1)
    else {
      return nil
    }
    return isNegative ? -Int64(size) : Int64(size)
  }

  private mutating func exponent() -> Int? {
    let isNegative = place.pointee == UInt8(ascii: "-")
    if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
    var (value, digits) = (0, 0)
    while digit < 10 {
      // Lines are short: beyond this no number is between 0 and 2^62.
      value = min(value * 10 + Int(digit), 10_000)
      digits += 1
      place += 1
    }
    return digits == 0 ? nil : isNegative ? -value : value
  }

  /// `value` times 10^`power`; `next` is the digit behind it.
  private static func shifted(_ value: UInt64, by power: Int, next: UInt8) -> UInt64? {
    guard value > 0 else { return 0 }
    var (value, power, half) = (value, power, next >= 5)
    while power > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      (value, half) = (product, false)
      power -= 1
    }
    while power < 0, value > 0 || half {
      half = value % 10 >= 5
      value /= 10
      power += 1
    }
    return half ? value + 1 : value
  }
}
