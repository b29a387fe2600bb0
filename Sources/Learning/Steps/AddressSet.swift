/// A set of addresses of a sensor: a list of its members, and a bit for each address that tells whether it is one.
///
/// A bit for each word of 64 addresses tells whether it has members. That leads to them in ascending order with two
/// look-ups each, however large the sensor is, as long as its members are not far fewer than its words of words.
struct AddressSet {
  /// In the order in which they came, or ascending after ``sort()``.
  private(set) var members: [Int32] = []
  private var words: [UInt64]
  private var wordsInUse: [UInt64]

  init(addresses: Int) {
    words = [UInt64](repeating: 0, count: (addresses + 63) / 64)
    wordsInUse = [UInt64](repeating: 0, count: (words.count + 63) / 64)
    members.reserveCapacity(min(addresses, 4096))
  }

  @inline(__always)
  mutating func insert(_ address: Int32) {
    let word = Int(address) >> 6
    let bit: UInt64 = 1 << UInt64(address & 63)
    guard words[word] & bit == 0 else { return }
    words[word] |= bit
    wordsInUse[word >> 6] |= 1 << UInt64(word & 63)
    members.append(address)
  }

  mutating func insert(_ addresses: UnsafeBufferPointer<Int32>) {
    for address in addresses { insert(address) }
  }

  /// Puts the members in ascending order.
  mutating func sort() {
    // On a large sensor with few members, looking for words in use takes longer than comparing members.
    guard wordsInUse.count <= members.count + 4 else { return members.sort() }
    Self.list(words, wordsInUse, into: &members)
  }

  /// Writes all members into `members`, which has as many places.
  private static func list(
    _ words: [UInt64], _ wordsInUse: [UInt64], into members: inout [Int32]
  ) {
    var count = 0
    members.withUnsafeMutableBufferPointer { members in
      for (block, inUse) in wordsInUse.enumerated() {
        var inUse = inUse
        while inUse != 0 {
          let word = block << 6 + inUse.trailingZeroBitCount
          inUse &= inUse - 1
          var bits = words[word]
          while bits != 0 {
            members[count] = Int32(truncatingIfNeeded: word << 6 + bits.trailingZeroBitCount)
            bits &= bits - 1
            count += 1
          }
        }
      }
    }
  }

  mutating func removeAll() {
    for address in members {
      let word = Int(address) >> 6
      words[word] = 0
      wordsInUse[word >> 6] = 0
    }
    members.removeAll(keepingCapacity: true)
  }
}
