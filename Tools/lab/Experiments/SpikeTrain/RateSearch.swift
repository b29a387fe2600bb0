/// The learning rate with the least loss among 0.001, 0.003, 0.01, 0.03 ... The grid grows until its best rate is not at
/// its edge.
struct RateSearch {
  struct Trial: Encodable {
    var rate: Double
    var loss: Double
  }

  /// By rate, ascending.
  private(set) var trials: [Trial] = []

  private var fixed = Double.nan

  var best: Double { (trials.min { $0.loss < $1.loss })?.rate ?? fixed }

  /// No search.
  init(only rate: Double) {
    fixed = rate
  }

  init(_ loss: (Double) throws -> Double) rethrows {
    func trial(_ place: Int) throws -> Trial {
      let rate = Self.rate(place)
      return Trial(rate: rate, loss: try loss(rate))
    }
    var places = -5 ... -4
    for place in places { trials.append(try trial(place)) }
    // Rates of 1e-5 and 10 would be of no use.
    while places.lowerBound > -10, best == trials.first?.rate {
      places = places.lowerBound - 1...places.upperBound
      trials.insert(try trial(places.lowerBound), at: 0)
    }
    while places.upperBound < 2, best == trials.last?.rate {
      places = places.lowerBound...places.upperBound + 1
      trials.append(try trial(places.upperBound))
    }
  }

  /// ..., -2: 0.1, -1: 0.3, 0: 1, ...
  private static func rate(_ place: Int) -> Double {
    let digits = place & 1 == 0 ? "1" : "3"
    return Double("\(digits)e\((place - (place & 1)) / 2)") ?? .nan
  }
}
