import Foundation

/// Where the fields of an event lie in an element of a numpy array.
struct NumpyLayout: Equatable {
  /// A whole number in an element.
  struct Field: Equatable {
    var offset: Int
    /// 1, 2, 4 or 8 bytes.
    var size: Int
    var isSigned: Bool
    var isBigEndian: Bool

    @inline(__always)
    func load(_ element: UnsafeRawPointer) -> Int64 {
      let place = element + offset
      switch size {
      case 1:
        return isSigned
          ? Int64(place.little(0, as: Int8.self)) : Int64(place.little(0, as: UInt8.self))
      case 2:
        let bits = place.little(0, as: UInt16.self)
        let value = isBigEndian ? bits.byteSwapped : bits
        return isSigned ? Int64(Int16(bitPattern: value)) : Int64(value)
      case 4:
        let bits = place.little(0, as: UInt32.self)
        let value = isBigEndian ? bits.byteSwapped : bits
        return isSigned ? Int64(Int32(bitPattern: value)) : Int64(value)
      default:
        // Unsigned numbers above the half come out negative, and no field may be that.
        let bits = place.little(0, as: UInt64.self)
        return Int64(bitPattern: isBigEndian ? bits.byteSwapped : bits)
      }
    }
  }

  var t: Field
  var x: Field
  var y: Field
  var polarity: Field
  /// Bytes an element.
  var size: Int

  static let names: [(what: String, names: [String])] = [
    ("t", ["t", "ts", "timestamp", "timestamps", "time"]), ("x", ["x"]), ("y", ["y"]),
    ("p", ["p", "on", "pol", "polarity"]),
  ]

  /// Rows of four numbers of one type: t, x, y, polarity.
  ///
  /// - Parameter dtype: such as `int64` or `<i8`.
  init(rows dtype: String) throws(WireError) {
    let field = try Self.field(dtype)
    (t, x, y, polarity) = (field, field, field, field)
    x.offset = field.size
    y.offset = 2 * field.size
    polarity.offset = 3 * field.size
    size = 4 * field.size
  }

  /// Elements with named fields.
  ///
  /// - Parameter elements: what `dtype.descr` holds, or the names, formats and offsets of an element with gaps, as `str(dtype)`
  ///   writes either.
  init(fields elements: Any) throws(WireError) {
    var fields: [(name: String, field: Field)] = []
    if let list = elements as? [Any] {
      var offset = 0
      for item in list {
        guard let pair = item as? [Any], pair.count == 2, let name = Self.name(pair[0]),
          let type = pair[1] as? String
        else { throw Self.refusal("has a field that is no pair of a name and a type") }
        if type.hasPrefix("|V"), let gap = Int(type.dropFirst(2)), (0...1024).contains(gap) {
          offset += gap
          continue
        }
        var field = try Self.field(type)
        field.offset = offset
        offset += field.size
        fields.append((name, field))
        guard fields.count <= 64 else { throw Self.refusal("has more than 64 fields") }
      }
      size = offset
    } else if let table = elements as? [String: Any], let names = table["names"] as? [String],
      let formats = table["formats"] as? [String], let offsets = table["offsets"] as? [Int],
      let itemSize = table["itemsize"] as? Int, names.count == formats.count,
      names.count == offsets.count, names.count <= 64, (1...4096).contains(itemSize)
    {
      for (index, name) in names.enumerated() {
        var field = try Self.field(formats[index])
        guard offsets[index] >= 0, offsets[index] <= itemSize - field.size else {
          throw Self.refusal("has the field \"\(WireError.excerpt(name))\" outside its element")
        }
        field.offset = offsets[index]
        fields.append((name, field))
      }
      size = itemSize
    } else {
      throw Self.refusal("is neither a type, nor a list of fields, nor a table of them")
    }
    var found: [Field] = []
    for (what, names) in Self.names {
      guard let field = fields.first(where: { names.contains($0.name) }) else {
        let known = fields.map { WireError.excerpt($0.name) }.joined(separator: ", ")
        throw Self.refusal("has no field \(what); it has \(known)")
      }
      found.append(field.field)
    }
    (t, x, y, polarity) = (found[0], found[1], found[2], found[3])
  }

  /// A field's name; one with a title comes as the title and the name.
  private static func name(_ item: Any) -> String? {
    item as? String ?? (item as? [String])?.last
  }

  /// The number that a name of numpy stands for: `<i8`, `|b1`, `?`, `uint16`, `bool`.
  private static func field(_ type: String) throws(WireError) -> Field {
    var text = type[...]
    var isBigEndian = false
    if let mark = text.first, "<>=|".contains(mark) {
      isBigEndian = mark == ">"
      text = text.dropFirst()
    }
    let sizes: [Substring: (Int, Bool)] = [
      "?": (1, false), "b1": (1, false), "bool": (1, false), "i1": (1, true), "int8": (1, true),
      "u1": (1, false), "uint8": (1, false), "i2": (2, true), "int16": (2, true), "u2": (2, false),
      "uint16": (2, false), "i4": (4, true), "int32": (4, true), "u4": (4, false),
      "uint32": (4, false), "i8": (8, true), "int64": (8, true), "u8": (8, false),
      "uint64": (8, false),
    ]
    guard let (size, isSigned) = sizes[text] else {
      throw refusal("has the type \"\(WireError.excerpt(type))\"; known are whole numbers and bool")
    }
    return Field(offset: 0, size: size, isSigned: isSigned, isBigEndian: isBigEndian)
  }

  static func refusal(_ text: String) -> WireError {
    WireError(.encoding, "the dtype \(text)")
  }
}
