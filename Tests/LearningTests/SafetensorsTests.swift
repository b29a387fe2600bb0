import Events
import Foundation
import Learning
import Testing

/// A file with `header` and `count` bytes of numbers.
private func bytes(_ header: String, numbers count: Int, size: UInt64? = nil) -> [UInt8] {
  let text = [UInt8](header.utf8)
  let length = size ?? UInt64(text.count)
  let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
  return prefix + text + [UInt8](repeating: 1, count: count)
}

private func entry(_ shape: String, _ offsets: String, dtype: String = "\"F32\"") -> String {
  "{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

struct HostileBytes: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let content: [UInt8]

  init(_ name: String, _ header: String, numbers: Int = 0, size: UInt64? = nil) {
    testDescription = name
    content = bytes(header, numbers: numbers, size: size)
  }

  static let all: [HostileBytes] = [
    .init("header beyond the file", "{}", size: 3),
    .init("header far beyond the file", "{}", size: .max),
    .init("header of 2^63 bytes", "{}", size: 1 << 63),
    .init("header that wraps round", "{}", size: .max - 7),
    .init("no header", "", size: 0),
    .init("header of size 0 before an object", "{}", size: 0),
    .init("no JSON", "{]"),
    .init("a JSON array", "[1]"),
    .init("a JSON number", "1"),
    .init("blank before the object", " {}"),
    .init("no UTF-8", "{\"a\": \"\u{0}\"}"),
    .init("deep nesting", String(repeating: "{\"a\":", count: 20_000)),
    .init("tensor is a number", "{\"a\":1}"),
    .init("tensor is null", "{\"a\":null}"),
    .init("no dtype", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", numbers: 4),
    .init("no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", numbers: 4),
    .init("no offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", numbers: 4),
    .init("dtype is a number", "{\"a\":\(entry("[1]", "[0,4]", dtype: "3"))}", numbers: 4),
    .init("other dtype", "{\"a\":\(entry("[1]", "[0,8]", dtype: "\"F16\""))}", numbers: 8),
    .init("unknown dtype", "{\"a\":\(entry("[1]", "[0,4]", dtype: "\"f32\""))}", numbers: 4),
    .init("shape is text", "{\"a\":\(entry("\"1\"", "[0,4]"))}", numbers: 4),
    .init("shape of text", "{\"a\":\(entry("[\"1\"]", "[0,4]"))}", numbers: 4),
    .init("shape of fractions", "{\"a\":\(entry("[1.5]", "[0,4]"))}", numbers: 4),
    .init("negative shape", "{\"a\":\(entry("[-1]", "[0,4]"))}", numbers: 4),
    .init("negative shape twice", "{\"a\":\(entry("[-1,-1]", "[0,4]"))}", numbers: 4),
    .init("most negative", "{\"a\":\(entry("[-9223372036854775808]", "[0,4]"))}", numbers: 4),
    .init("shape of 2^62", "{\"a\":\(entry("[4611686018427387904]", "[0,0]"))}"),
    .init("shape beyond 2^64", "{\"a\":\(entry("[4294967296,4294967296]", "[0,0]"))}"),
    .init("shape beyond integers", "{\"a\":\(entry("[1e30]", "[0,4]"))}", numbers: 4),
    .init("shape too small", "{\"a\":\(entry("[1]", "[0,8]"))}", numbers: 8),
    .init("shape too large", "{\"a\":\(entry("[3]", "[0,8]"))}", numbers: 8),
    .init("one offset", "{\"a\":\(entry("[1]", "[0]"))}", numbers: 4),
    .init("three offsets", "{\"a\":\(entry("[1]", "[0,4,4]"))}", numbers: 4),
    .init("negative offset", "{\"a\":\(entry("[2]", "[-4,4]"))}", numbers: 4),
    .init("offsets backwards", "{\"a\":\(entry("[1]", "[4,0]"))}", numbers: 4),
    .init("offsets beyond the file", "{\"a\":\(entry("[2]", "[0,8]"))}", numbers: 4),
    .init(
      "offsets near the largest integer",
      "{\"a\":\(entry("[1]", "[9223372036854775803,9223372036854775807]"))}", numbers: 4),
    .init("a hole before", "{\"a\":\(entry("[1]", "[4,8]"))}", numbers: 8),
    .init("a hole after", "{\"a\":\(entry("[1]", "[0,4]"))}", numbers: 8),
    .init("numbers without a tensor", "{}", numbers: 1),
    .init(
      "a hole between", "{\"a\":\(entry("[1]", "[0,4]")),\"b\":\(entry("[1]", "[8,12]"))}",
      numbers: 12),
    .init(
      "overlap", "{\"a\":\(entry("[2]", "[0,8]")),\"b\":\(entry("[2]", "[4,12]"))}", numbers: 12),
    .init(
      "the same bytes twice", "{\"a\":\(entry("[1]", "[0,4]")),\"b\":\(entry("[1]", "[0,4]"))}",
      numbers: 4),
  ]
}

@Suite struct SafetensorsTests {
  private static let sample = Safetensors(
    tensors: [
      .init(name: "z", shape: [2, 3], floats: [1, -2, .infinity, 0, .leastNonzeroMagnitude, 6]),
      .init(name: "a", shape: [2], integers: [.min, .max]),
      .init(name: "scalar", shape: [], floats: [0.5]),
      .init(name: "umläut/\"quoted\"", shape: [1, 1, 1], integers: [7]),
    ], metadata: ["one": "1", "text": "a\nb \"c\" ü"])

  @Test func roundTrip() throws {
    let encoded = Self.sample.encoded()
    let decoded = try Safetensors(encoded)
    #expect(decoded == Self.sample)
    #expect(decoded.encoded() == encoded)
    #expect(decoded["a"]?.integers == [.min, .max])
    #expect(decoded["a"]?.floats == nil)
    #expect(decoded["z"]?.floats?[2] == .infinity)
    #expect(decoded["z"]?.integers == nil)
    #expect(decoded["none"] == nil)
    #expect(try Safetensors(Safetensors(tensors: []).encoded()) == Safetensors(tensors: []))
  }

  /// The layout, byte by byte, as other readers expect it.
  @Test func layout() throws {
    let encoded = Safetensors(
      tensors: [.init(name: "w", shape: [1, 2], floats: [1, -2])], metadata: ["k": "v"]
    ).encoded()
    let header =
      "{\"__metadata__\":{\"k\":\"v\"},"
      + "\"w\":{\"data_offsets\":[0,8],\"dtype\":\"F32\",\"shape\":[1,2]}}"
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let numbers: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
    #expect(encoded == Array(bytes(padded, numbers: 0)) + numbers)
  }

  /// Tensors without numbers share their offset with their neighbour.
  @Test("Empty tensors", arguments: ["a", "n"])
  func emptyTensors(name: String) throws {
    for emptyFirst in [true, false] {
      let empty = Safetensors.Tensor(name: name, shape: [0, 4], floats: [])
      let full = Safetensors.Tensor(name: "m", shape: [1], floats: [1])
      let file = Safetensors(tensors: emptyFirst ? [empty, full] : [full, empty])
      #expect(try Safetensors(file.encoded()) == file)
    }
  }

  @Test("Hostile bytes are refused", arguments: HostileBytes.all)
  func hostile(_ hostile: HostileBytes) {
    #expect(throws: SafetensorsError.self) { try Safetensors(hostile.content) }
  }

  @Test func truncationIsRefusedAtEveryByte() {
    let encoded = Self.sample.encoded()
    for count in encoded.indices {
      #expect(throws: SafetensorsError.self, "\(count) bytes") {
        try Safetensors(Array(encoded[..<count]))
      }
    }
    #expect(throws: SafetensorsError.self) { try Safetensors(encoded + [0]) }
  }

  /// Any damage to the header is refused, or gives tensors whose sizes still agree.
  @Test func damageToTheHeaderNeverTraps() {
    let encoded = Self.sample.encoded()
    let header = Int(encoded[0]) + 256 * Int(encoded[1]) + 8
    var refused = 0
    for position in 0..<header {
      for value in [0, 0x22, 0x2D, 0x39, 0x5B, 0x7D, 0xFF] as [UInt8] {
        var damaged = encoded
        damaged[position] = value
        guard let file = try? Safetensors(damaged) else {
          refused += 1
          continue
        }
        for tensor in file.tensors {
          #expect(tensor.shape.reduce(4, *) == tensor.bytes.count)
        }
      }
    }
    #expect(refused > 500)
  }
}
