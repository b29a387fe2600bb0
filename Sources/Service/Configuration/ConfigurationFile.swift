import Foundation
import Learning
import Yams

/// Reading and printing of configurations as YAML.
///
/// A file says only what differs from the defaults. Names that do not exist are refused, so a misspelt one cannot go
/// unnoticed.
extension EngineConfiguration {
  /// Reads the file at `path` over the defaults.
  ///
  /// - Throws: ``ConfigurationError`` with the file, the line and the reason.
  public static func load(path: String) throws(ConfigurationError) -> EngineConfiguration {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError("\(path): no such configuration, or it cannot be read")
    }
    do {
      return try parse(String(decoding: data, as: UTF8.self))
    } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }

  /// Reads YAML over the defaults, and validates the result.
  ///
  /// - Throws: ``ConfigurationError`` with the line and the reason.
  public static func parse(_ yaml: String) throws(ConfigurationError) -> EngineConfiguration {
    do {
      var merged = try defaultNode()
      if let given = try Yams.compose(yaml: yaml) {
        merged = try merge(given, over: merged, path: [])
      }
      let text = try Yams.serialize(node: merged)
      let configuration = try YAMLDecoder().decode(EngineConfiguration.self, from: text)
      try configuration.validate()
      return configuration
    } catch let error as ConfigurationError {
      throw error
    } catch let error as DecodingError {
      throw ConfigurationError(explain(error))
    } catch {
      throw ConfigurationError("not YAML: \(error)")
    }
  }

  /// This configuration as YAML, each line with its meaning.
  public func yaml() throws -> String {
    guard let node = try Yams.compose(yaml: try YAMLEncoder().encode(self)) else { return "" }
    // Yams keeps the order of the fields, but only 15 digits of a number; JSON keeps them all.
    let json = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    var lines: [String] = []
    Self.print(node, exact: try Yams.compose(yaml: json), path: [], into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func defaultNode() throws -> Node {
    let text = try YAMLEncoder().encode(EngineConfiguration())
    return try Yams.compose(yaml: text) ?? Node.mapping(.init([]))
  }

  private static func merge(
    _ given: Node, over base: Node, path: [String]
  ) throws(ConfigurationError) -> Node {
    let line = given.mark.map { " (line \($0.line))" } ?? ""
    // A section of which everything is left out, or commented out.
    if case .mapping = base, given.null != nil { return base }
    guard case .mapping(var known) = base else {
      if case .mapping = given {
        throw ConfigurationError("\(path.joined(separator: ".")) takes a value\(line)")
      }
      return given
    }
    guard case .mapping(let new) = given else {
      let name = path.isEmpty ? "the configuration" : path.joined(separator: ".")
      throw ConfigurationError("\(name) takes names and values\(line)")
    }
    for (key, value) in new {
      let name = key.string ?? "?"
      guard let old = known[key] else {
        let full = (path + [name]).joined(separator: ".")
        let names = known.keys.compactMap(\.string).joined(separator: ", ")
        let line = key.mark.map { " (line \($0.line))" } ?? ""
        throw ConfigurationError("there is no \(full)\(line); known here: \(names)")
      }
      known[key] = try merge(value, over: old, path: path + [name])
    }
    return .mapping(known)
  }

  private static func print(
    _ node: Node, exact: Node?, path: [String], into lines: inout [String]
  ) {
    guard case .mapping(let mapping) = node else { return }
    for (key, value) in mapping {
      let name = key.string ?? ""
      let exact = exact?.mapping?[key]
      let here = path + [name]
      let indent = String(repeating: "  ", count: path.count)
      let comment = ConfigurationComments.text(for: here).map { "  # \($0)" } ?? ""
      switch value {
      case .mapping:
        lines.append("\(indent)\(name):\(comment)")
        print(value, exact: exact, path: here, into: &lines)
      case .sequence(let items):
        let list = items.map { plain($0, exact: nil, inList: true) }.joined(separator: ", ")
        lines.append("\(indent)\(name): [\(list)]\(comment)")
      default:
        lines.append("\(indent)\(name): \(plain(value, exact: exact))\(comment)")
      }
    }
  }

  /// A value as a person would write it: 0.3 and not 3e-1, and names without quotes where they need none.
  private static func plain(_ value: Node, exact: Node?, inList: Bool = false) -> String {
    guard case .scalar(let scalar) = value else { return "" }
    let text = scalar.string
    guard value.tag != Tag(.str) else { return isPlain(text) && !inList ? text : quoted(text) }
    guard value.tag == Tag(.float), let number = Double(exact?.string ?? text) else { return text }
    return "\(number)"
  }

  /// Whether `text` without quotes is read as the same text, wherever it stands in a line.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    let isLetter = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    return (isLetter(first) || first == UInt8(ascii: "/"))
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/._-".utf8.contains($0) }
      && Node(text).tag == Tag(.str)
  }

  /// `text` in the double quotes of YAML, which hold any text.
  private static func quoted(_ text: String) -> String {
    let content = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
        String(format: "\\x%02X", scalar.value)
      case _ where scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0xFEFF:
        String(format: "\\u%04X", scalar.value)
      default: String(scalar)
      }
    }
    return "\"\(content.joined())\""
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context), .keyNotFound(_, let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return "\(path): \(context.debugDescription)"
    @unknown default:
      return "\(error)"
    }
  }
}
