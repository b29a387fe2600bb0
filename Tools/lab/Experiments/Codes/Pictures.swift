import Events

/// Pictures with their classes, by number.
struct Pictures: Sendable {
  private let make: @Sendable (Int) -> (image: GrayImage, label: Int)
  let count: Int
  /// What they are, in a word.
  let name: String

  /// The digits `range` of a set.
  init(_ digits: ExperimentData.Digits, _ range: Range<Int>, name: String) {
    make = { index in
      let place = range.lowerBound + index
      return (digits.images.image(at: place), Int(digits.labels[place]))
    }
    count = range.count
    self.name = name
  }

  /// Drawn digits of random shapes, of all classes in turn.
  ///
  /// - Parameter seed: other pictures for another one.
  init(glyphs count: Int, seed: UInt64) throws {
    let scene = try GlyphScene()
    make = { index in
      var random = SplitMix64(seed: seed, stream: UInt64(index))
      let label = index % GlyphScene.classCount
      return (scene.image(of: label, using: &random), label)
    }
    self.count = count
    name = "drawn digits"
  }

  subscript(index: Int) -> (image: GrayImage, label: Int) { make(index) }
}
