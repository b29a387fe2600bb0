import Events

extension FuzzInput.Target {
  /// Messages of the inbound socket, ours and those of others: frames behind their lengths.
  static let messages =
    ([.afferent, .aestream, .pyaer, .numpy] + MessageFormat.bareEncodings.map { .bare($0) })
    .map { (format: MessageFormat) in
      FuzzInput.Target(name: "message-\(format)") { bytes, _ in
        _ = try? format.decode(parts(bytes, atMost: 5), limits: limits)
      }
    }

  /// Payloads of each encoding, under headers that put their time anywhere.
  static let encodings = WireEncoding.allCases.map { encoding in
    FuzzInput.Target(name: "payload-\(encoding.rawValue)") { bytes, how in
      let base = how % 2 == 0 ? 0 : Int64(1) << Int64(how >> 2)
      _ = try? encoding.decode(bytes, tBase: base, geometry: limits.geometry)
    }
  }

  /// The texts of transforms, one a line.
  static let transforms = FuzzInput.Target(name: "transforms") { bytes, _ in
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let transforms = lines.compactMap { try? EventTransform(String($0)) }
    guard var chain = try? TransformChain(transforms, input: limits.geometry) else { return }
    var batch = Seeds.events(limits.geometry, count: 20)
    try? chain.apply(to: &batch)
  }

  static let limits = EventMessage.Limits(
    geometry: SensorGeometry(width: 128, height: 128), classes: 10)

  /// What stands behind two bytes of its length each time.
  static func parts(
    _ bytes: UnsafeRawBufferPointer, atMost most: Int = .max
  ) -> [UnsafeRawBufferPointer] {
    var parts: [UnsafeRawBufferPointer] = []
    var rest = bytes[...]
    while rest.count >= 2, parts.count < most {
      let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      rest = rest.dropFirst(2)
      parts.append(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return parts
  }

  /// The input that ``parts(_:atMost:)`` cuts into `parts`.
  static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    parts.flatMap { [UInt8($0.count & 0xFF), UInt8($0.count >> 8 & 0xFF)] + $0 }
  }
}
