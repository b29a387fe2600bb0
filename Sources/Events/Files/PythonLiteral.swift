/// A Python expression without names and operators, as in the header of an `.npy` file.
enum PythonLiteral: Equatable {
  case string(String)
  case integer(Int)
  /// `True`, `False` or `None`.
  case name(String)
  /// A tuple or a list.
  case sequence([PythonLiteral])
  /// Its keys are strings.
  case dictionary([String: PythonLiteral])

  /// Reads one literal, and blanks around it.
  struct Parser {
    private let bytes: Slice<UnsafeRawBufferPointer>
    private var place: Int

    /// How far literals may stand in one another: dtypes of events need three.
    private static let deepest = 16

    /// - Parameter offset: where `bytes` begin in the file.
    init(_ bytes: Slice<UnsafeRawBufferPointer>, at offset: Int) {
      self.bytes = bytes
      place = bytes.startIndex
      shift = offset - place
    }

    private let shift: Int

    /// - Throws: ``RecordingError/malformed(path:offset:reason:)``.
    mutating func parse() throws(RecordingError) -> PythonLiteral {
      let literal = try value(depth: 0)
      guard next() == nil else { throw malformed("something behind the dictionary") }
      return literal
    }

    /// The next byte that is no blank.
    private mutating func next() -> UInt8? {
      while place < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
      return place < bytes.endIndex ? bytes[place] : nil
    }

    private mutating func value(depth: Int) throws(RecordingError) -> PythonLiteral {
      guard depth < Self.deepest else { throw malformed("literals in one another without end") }
      guard let first = next() else { throw malformed("the header ends too early") }
      switch first {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        return .string(try string())
      case UInt8(ascii: "("):
        return .sequence(try sequence(until: UInt8(ascii: ")"), depth))
      case UInt8(ascii: "["):
        return .sequence(try sequence(until: UInt8(ascii: "]"), depth))
      case UInt8(ascii: "{"):
        return try dictionary(depth)
      default:
        let word = word()
        if ["True", "False", "None"].contains(word) { return .name(word) }
        // Python 2 marked long integers.
        let digits = word.hasSuffix("L") ? String(word.dropLast()) : word
        guard let number = Int(digits) else { throw malformed("no Python literal") }
        return .integer(number)
      }
    }

    private mutating func word() -> String {
      let start = place
      while place < bytes.endIndex, isWord(bytes[place]) { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private func isWord(_ byte: UInt8) -> Bool {
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
      default: false
      }
    }

    /// Names of fields have no escapes, whatever numpy would allow.
    private mutating func string() throws(RecordingError) -> String {
      let quote = bytes[place]
      place += 1
      let start = place
      while place < bytes.endIndex, bytes[place] != quote {
        guard bytes[place] != UInt8(ascii: "\\") else { throw malformed("an escape in a string") }
        place += 1
      }
      guard place < bytes.endIndex else { throw malformed("a string without an end") }
      defer { place += 1 }
      return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func sequence(
      until close: UInt8, _ depth: Int
    ) throws(RecordingError) -> [PythonLiteral] {
      place += 1
      var items: [PythonLiteral] = []
      while next() != close {
        items.append(try value(depth: depth + 1))
        try separator(before: close)
      }
      place += 1
      return items
    }

    private mutating func dictionary(_ depth: Int) throws(RecordingError) -> PythonLiteral {
      place += 1
      let close = UInt8(ascii: "}")
      var items: [String: PythonLiteral] = [:]
      while next() != close {
        guard case .string(let key) = try value(depth: depth + 1), items[key] == nil else {
          throw malformed("a key that is no string, or comes twice")
        }
        guard next() == UInt8(ascii: ":") else { throw malformed("a key without a value") }
        place += 1
        items[key] = try value(depth: depth + 1)
        try separator(before: close)
      }
      place += 1
      return .dictionary(items)
    }

    private mutating func separator(before close: UInt8) throws(RecordingError) {
      let byte = next()
      if byte == UInt8(ascii: ",") {
        place += 1
      } else if byte != close {
        throw malformed("a comma or an end is missing")
      }
    }

    private func malformed(_ reason: String) -> RecordingError {
      .malformed(path: nil, offset: place + shift, reason: "\(reason) in the header")
    }
  }
}
