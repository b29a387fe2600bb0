extension SplitMix64 {
  /// An integer in 0..<`bound`, without bias.
  ///
  /// - Precondition: `bound` is at least 1.
  public mutating func nextInteger(below bound: Int) -> Int {
    precondition(bound > 0, "a random integer below \(bound)")
    let range = UInt64(bound)
    let limit = UInt64.max - UInt64.max % range
    while true {
      let value = next()
      if value < limit { return Int(value % range) }
    }
  }

  /// The numbers 0..<`count` in random order (Fisher and Yates); fixed here, for the standard library may change its
  /// own from version to version.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, nextInteger(below: last + 1))
    }
    return order
  }
}
