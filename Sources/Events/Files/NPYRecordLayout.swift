/// Where the parts of an event are in the records of a structured array.
struct NPYRecordLayout: Equatable {
  /// An integer field.
  struct Field: Equatable {
    var offset: Int
    /// Bytes: 1, 2, 4 or 8.
    var size: Int
    var isSigned: Bool
    var isBigEndian: Bool
  }

  /// Bytes of a record.
  private(set) var size = 0
  /// By the raw values of ``EventField``.
  private(set) var fields: [Field] = []

  /// The longest record: a file with more is none of events.
  private static let largestRecord = 1 << 16

  /// Reads the `descr` of a header: a list of fields one behind the other, or a dictionary that tells where each is.
  init(_ descr: PythonLiteral) throws(RecordingError) {
    var found = [Field?](repeating: nil, count: EventField.allCases.count)
    for item in try Self.items(descr) {
      let offset = item.offset ?? size
      let format = try Format(item.format)
      let (bytes, overflow) = format.size.multipliedReportingOverflow(by: item.count)
      guard offset >= 0, offset <= Self.largestRecord, !overflow, bytes <= Self.largestRecord else {
        throw Self.refused("fields of more than \(Self.largestRecord) bytes")
      }
      size = max(size, offset + bytes)
      guard let part = EventField(name: item.name) else { continue }
      guard item.count == 1, found[part.rawValue] == nil else {
        throw Self.refused("more than one number for \(part)")
      }
      found[part.rawValue] = try format.field(of: item.name, at: offset)
    }
    if case .dictionary(let layout) = descr, case .integer(let total)? = layout["itemsize"] {
      guard (size...Self.largestRecord).contains(total) else {
        throw Self.refused("an item size of \(total) for fields of \(size) bytes")
      }
      size = total
    }
    guard size <= Self.largestRecord else {
      throw Self.refused("records of more than \(Self.largestRecord) bytes")
    }
    for (part, field) in zip(EventField.allCases, found) {
      guard let field else {
        throw Self.refused("no field \(part.names.joined(separator: " or "))")
      }
      fields.append(field)
    }
  }

  private typealias Item = (name: String, format: String, count: Int, offset: Int?)

  private static func items(_ descr: PythonLiteral) throws(RecordingError) -> [Item] {
    switch descr {
    case .sequence(let list):
      var items: [Item] = []
      for entry in list { items.append(try item(entry)) }
      return items
    case .dictionary(let layout):
      guard case .sequence(let names)? = layout["names"],
        case .sequence(let formats)? = layout["formats"], names.count == formats.count
      else { throw refused("a dtype without names and formats") }
      var items: [Item] = []
      for (index, (name, format)) in zip(names, formats).enumerated() {
        var item = try item(.sequence([name, format]))
        if let offsets = layout["offsets"] {
          guard case .sequence(let list) = offsets, index < list.count,
            case .integer(let offset) = list[index]
          else { throw refused("a dtype with other offsets than fields") }
          item.offset = offset
        }
        items.append(item)
      }
      return items
    case .string(let format):
      throw refused("plain \(format), where nothing tells which column is which")
    default:
      throw refused("no dtype")
    }
  }

  /// `(name, format)` or `(name, format, shape)`; a name may come with a title before it.
  private static func item(_ entry: PythonLiteral) throws(RecordingError) -> Item {
    guard case .sequence(let parts) = entry, (2...3).contains(parts.count) else {
      throw refused("a field without name and format")
    }
    var name = parts[0]
    if case .sequence(let names) = name, names.count == 2 { name = names[1] }
    guard case .string(let name) = name, case .string(let format) = parts[1] else {
      throw refused("fields within fields")
    }
    guard parts.count == 3 else { return (name, format, 1, nil) }
    var count = 1
    let sides: [PythonLiteral] =
      if case .sequence(let sides) = parts[2] { sides } else { [parts[2]] }
    for side in sides {
      guard case .integer(let length) = side, (0...largestRecord).contains(length),
        count * length <= largestRecord
      else { throw refused("an array of no sensible size in field '\(name)'") }
      count *= length
    }
    return (name, format, count, nil)
  }

  fileprivate static func refused(_ what: String) -> RecordingError {
    .unsupported(
      path: nil,
      reason: "the dtype has \(what); records with integers t, x, y and p are read here")
  }
}

/// A type of numpy's array protocol, such as `<i8`.
private struct Format {
  var text: String
  var kind: Character
  /// Bytes.
  var size: Int
  var isBigEndian: Bool

  init(_ text: String) throws(RecordingError) {
    self.text = text
    var rest = text[...]
    let order = rest.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    if order != nil { rest = rest.dropFirst() }
    isBigEndian = order == ">"
    kind = rest.first ?? "?"
    let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
    guard kind != "O", let size = Int(digits), (0...1 << 16).contains(size) else {
      throw NPYRecordLayout.refused("a field of type '\(text)'")
    }
    // Text is counted in characters.
    self.size = kind == "U" ? 4 * size : size
  }

  func field(of name: String, at offset: Int) throws(RecordingError) -> NPYRecordLayout.Field {
    let isNumber = "iu".contains(kind) && [1, 2, 4, 8].contains(size)
    let isFlag = kind == "b" && size == 1
    guard isNumber || isFlag else {
      throw NPYRecordLayout.refused("'\(text)' for field '\(name)'")
    }
    return NPYRecordLayout.Field(
      offset: offset, size: size, isSigned: kind == "i", isBigEndian: isBigEndian)
  }
}
