/// What is wrong with a column, and up to where all columns are right.
struct NPYColumnError {
  /// The first bad record, or the number of records if all are good.
  var record: Int
  var field = ""
  var value: Int64 = 0
}

/// What a column of events holds.
protocol NPYColumnElement {
  /// Numbers that stand for an element.
  static var limits: ClosedRange<Int64> { get }
  /// - Parameter number: within ``limits``; any element will do for others.
  init(number: Int64)
}

extension Int64: NPYColumnElement {
  @inline(__always) static var limits: ClosedRange<Int64> { EventField.times }
  @inline(__always) init(number: Int64) { self = number }
}

extension UInt16: NPYColumnElement {
  @inline(__always) static var limits: ClosedRange<Int64> { 0...65535 }
  @inline(__always) init(number: Int64) { self = UInt16(truncatingIfNeeded: number) }
}

extension Bool: NPYColumnElement {
  @inline(__always) static var limits: ClosedRange<Int64> { -1...1 }
  @inline(__always) init(number: Int64) { self = number > 0 }
}

/// Records of which one field is read at a time.
struct NPYColumn {
  var bytes: UnsafeRawBufferPointer
  /// Bytes of a record.
  var stride: Int
  var count: Int

  /// Writes the numbers of a field, and tells of the first that is no element.
  func copy<Element: NPYColumnElement>(
    _ field: NPYRecordLayout.Field, _ name: String,
    to column: UnsafeMutablePointer<Element>, _ error: inout NPYColumnError
  ) {
    let isWithin =
      switch (field.size, field.isSigned) {
      case (1, true): copy(Int8.self, field, column)
      case (1, false): copy(UInt8.self, field, column)
      case (2, true): copy(Int16.self, field, column)
      case (2, false): copy(UInt16.self, field, column)
      case (4, true): copy(Int32.self, field, column)
      case (4, false): copy(UInt32.self, field, column)
      case (8, true): copy(Int64.self, field, column)
      default: copy(UInt64.self, field, column)
      }
    guard !isWithin else { return }
    for record in 0..<error.record {
      let start = record * stride
      let value = field.value(in: UnsafeRawBufferPointer(rebasing: bytes[start..<start + stride]))
      guard Element.limits.contains(value) else {
        error = NPYColumnError(record: record, field: name, value: value)
        return
      }
    }
  }

  /// - Returns: whether all numbers are elements.
  @inline(__always)
  private func copy<Number: FixedWidthInteger, Element: NPYColumnElement>(
    _ type: Number.Type, _ field: NPYRecordLayout.Field,
    _ column: UnsafeMutablePointer<Element>
  ) -> Bool {
    // One loop for each order of bytes: neither asks in every record.
    field.isBigEndian
      ? copy(field.offset, column) { (number: Number) in number.bigEndian }
      : copy(field.offset, column) { (number: Number) in number.littleEndian }
  }

  @inline(__always)
  private func copy<Number: FixedWidthInteger, Element: NPYColumnElement>(
    _ offset: Int, _ column: UnsafeMutablePointer<Element>,
    _ native: (Number) -> Number
  ) -> Bool {
    let low = Element.limits.lowerBound
    let span = UInt64(bitPattern: Element.limits.upperBound &- low)
    // Without branches: bits of what is outside are gathered, and looked at once.
    var outside: UInt8 = 0
    var place = offset
    for record in 0..<count {
      let number = native(bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
      let value = Int64(clamping: number)
      outside |= UInt64(bitPattern: value &- low) > span ? 1 : 0
      column[record] = Element(number: value)
      place &+= stride
    }
    return outside == 0
  }
}

extension NPYRecordLayout.Field {
  /// The number in one record; what exceeds 64 bits with a sign is the largest.
  func value(in record: UnsafeRawBufferPointer) -> Int64 {
    let place = record[offset..<offset + size]
    let number =
      isBigEndian
      ? place.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      : place.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = UInt64(64 - 8 * size)
    return isSigned
      ? Int64(bitPattern: number << unused) >> Int64(unused) : Int64(clamping: number)
  }
}
