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
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".").prefix(64).description
    }
    switch error {
    case .keyNotFound(let key, _):
      return "the field \"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "the field \"\(place(context))\" is no \(type)"
    case .dataCorrupted(let context):
      let field = place(context)
      return field.isEmpty ? "this is not JSON" : "the field \"\(field)\" is out of range"
    @unknown default:
      return "this is not the JSON expected here"
    }
  }
}
