import CSodium

/// SHA-256 of bytes that arrive in pieces (libsodium).
public struct SHA256 {
  private var state = crypto_hash_sha256_state()

  public init() {
    crypto_hash_sha256_init(&state)
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    crypto_hash_sha256_update(
      &state, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  /// The digest as 64 lower-case hexadecimal digits. The state is spent afterwards.
  public mutating func finalize() -> String {
    var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
    crypto_hash_sha256_final(&state, &digest)
    return digest.reduce(into: "") { text, byte in
      let hex = String(byte, radix: 16)
      text += hex.count == 1 ? "0" + hex : hex
    }
  }

  /// The digest of one piece of memory.
  public static func digest(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finalize()
  }
}
