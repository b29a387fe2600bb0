extension [UInt8] {
  /// Appends a line "t x y on" for each event, with times in microseconds, or in seconds with six decimals.
  ///
  /// - Parameter index: of the next event in the file.
  mutating func appendLines(
    _ batch: EventBatch, _ range: Range<Int>, index: inout Int, isSeconds: Bool, separator: UInt8
  ) throws(RecordingError) {
    for position in range {
      try EventField.checkTime(batch.t[position], index: index)
      index += 1
    }
    // A sign, 19 digits and a point, two times 5 digits, 1 digit, 3 separators, and the end of the line.
    append(upTo: range.count * 36) { room in
      var place = room
      func put(_ byte: UInt8) {
        place.pointee = byte
        place += 1
      }
      func put(_ number: UInt64, digits: Int) {
        var rest = number
        for digit in (0..<digits).reversed() {
          place[digit] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
          rest /= 10
        }
        place += digits
      }
      for position in range {
        let time = batch.t[position]
        if time < 0 { put(UInt8(ascii: "-")) }
        if isSeconds {
          let (seconds, rest) = time.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
          put(seconds, digits: Self.digits(of: seconds))
          put(UInt8(ascii: "."))
          put(rest, digits: 6)
        } else {
          put(time.magnitude, digits: Self.digits(of: time.magnitude))
        }
        for side in [UInt64(batch.x[position]), UInt64(batch.y[position])] {
          put(separator)
          put(side, digits: Self.digits(of: side))
        }
        put(separator)
        put(UInt8(ascii: batch.on[position] ? "1" : "0"))
        put(TextScanner.lineEnd)
      }
      return place - room
    }
  }

  private static func digits(of number: UInt64) -> Int {
    var (rest, digits) = (number / 10, 1)
    while rest > 0 {
      rest /= 10
      digits += 1
    }
    return digits
  }
}
