import Foundation

/// Decoding of JSON frames with errors that a publisher's author can act upon.
enum WireJSON {
  static func decode<T: Decodable>(
    _ type: T.Type, from bytes: UnsafeRawBufferPointer, reason: WireError.Reason
  ) throws(WireError) -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw WireError(reason, explain(error))
    } catch {
      throw WireError(reason, "this is not JSON")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "\(place(context.codingPath)) is no \(name(type))"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "this is not JSON" : "\(place(context.codingPath)) \(context.debugDescription)"
    @unknown default:
      "this is not the JSON expected here"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "this" }
    let keys = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
    let text = keys.joined()
    return "the field \"\(WireError.excerpt(text.hasPrefix(".") ? text.dropFirst() : text[...]))\""
  }

  private static func name(_ type: any Any.Type) -> String {
    switch type {
    case is [String: Any].Type: "object"
    case is [Any].Type: "array"
    default: "\(type)"
    }
  }
}

/// An integer of a JSON frame. Foundation calls a frame with a number that does not fit no JSON at all; here the field,
/// the number and the range are named.
struct WireInteger<Value: FixedWidthInteger & Decodable & Sendable>: Decodable, Sendable {
  var value: Value

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      value = try container.decode(Value.self)
    } catch DecodingError.typeMismatch(let type, let context) {
      throw DecodingError.typeMismatch(type, context)
    } catch DecodingError.valueNotFound(let type, let context) {
      throw DecodingError.valueNotFound(type, context)
    } catch {
      let number = (try? container.decode(Decimal.self)).map { "\($0)" } ?? "a number"
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription:
            "is \(WireError.excerpt(number)), no whole number in \(Value.min)...\(Value.max)"))
    }
  }
}
