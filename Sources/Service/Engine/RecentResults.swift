/// The last 100 outcomes of labelled trials.
struct RecentResults: Codable {
  private static let most = 100
  private var results: [Bool] = []
  private var next = 0

  init() {}

  mutating func append(_ result: Bool) {
    if results.count < Self.most {
      results.append(result)
    } else {
      results[next] = result
      next = (next + 1) % Self.most
    }
  }

  var accuracy: Double? {
    results.isEmpty ? nil : Double(results.count { $0 }) / Double(results.count)
  }

  private enum CodingKeys: String, CodingKey { case results, next }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    results = try container.decode([Bool].self, forKey: .results)
    next = try container.decode(Int.self, forKey: .next)
    guard results.count <= Self.most, (0..<Self.most).contains(next) else {
      throw DecodingError.dataCorruptedError(
        forKey: .next, in: container, debugDescription: "\(results.count) results, next \(next)")
    }
  }
}
