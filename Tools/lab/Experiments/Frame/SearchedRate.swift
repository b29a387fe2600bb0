/// A learning rate that was tried, and the accuracy that it came to on trials that were held out.
struct SearchedRate: Codable, Sendable {
  var rate: Double
  var accuracy: Double
}
