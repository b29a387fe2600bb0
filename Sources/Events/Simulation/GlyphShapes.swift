/// One pen stroke of a glyph: a curve through points, with sharp turns where they are wanted.
///
/// Points are in pixels of the 28x28 image, counted from its centre, x to the right and y down.
struct GlyphStroke {
  var points: [SIMD2<Double>]
  /// Indices of points where the pen turns sharply.
  var corners: Set<Int> = []
  /// Whether the pen returns to its first point.
  var closed = false

  init(_ points: [SIMD2<Double>], corners: Set<Int> = [], closed: Bool = false) {
    self.points = points
    self.corners = corners
    self.closed = closed
  }
}

/// The shapes of the ten digits, some of them written in more than one way.
enum GlyphShapes {
  /// The ways to write `digit` (0 to 9).
  static func variants(of digit: Int) -> [[GlyphStroke]] { all[digit] }

  private static let all = [
    zero, one, two, three, four, five, six, seven, eight, nine,
  ]

  private static let zero: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [0, -9], [-4.4, -6.2], [-5.8, 0], [-4.4, 6.2], [0, 9], [4.4, 6.2], [5.8, 0], [4.4, -6.2],
        ],
        closed: true)
    ]
  ]

  private static let one: [[GlyphStroke]] = [
    [GlyphStroke([[0.6, -9], [0, 0], [-0.6, 9]])],
    [GlyphStroke([[-3.6, -5.2], [0.5, -9], [0.5, 0], [0.5, 9]], corners: [1])],
    [
      GlyphStroke([[-3.4, -5.8], [0.3, -9], [0.3, 0], [0.3, 8.8]], corners: [1]),
      GlyphStroke([[-4.2, 8.8], [4.6, 8.8]]),
    ],
  ]

  private static let two: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [-5, -5.4], [-3, -8.2], [0.5, -9], [4, -7.6], [4.8, -4.4], [2.6, -0.4], [-1.6, 4.2],
          [-5.6, 8.4], [0, 8.5], [6, 8.5],
        ], corners: [7])
    ],
    [
      GlyphStroke([
        [-4.6, -5.8], [-1.5, -8.8], [2.6, -8.6], [4.6, -5.4], [3, -0.6], [-0.6, 4.4], [-3.8, 8],
        [-5.8, 6.8], [-3.8, 5.2], [0.2, 7.4], [3.6, 8.6], [6.2, 7.2],
      ])
    ],
  ]

  private static let three: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [-4.6, -7.2], [-0.6, -9], [3.6, -7.6], [4.1, -4.4], [2, -1.6], [-1.4, -0.6], [2.6, 0.4],
          [4.8, 3.4], [4, 7], [0, 9], [-5, 7.2],
        ], corners: [5])
    ]
  ]

  private static let four: [[GlyphStroke]] = [
    [
      GlyphStroke([[-4.2, -8.6], [-5, -4], [-5, 0.2], [0, 0.4], [5.6, 0]], corners: [2]),
      GlyphStroke([[3.4, -8.8], [3.2, 0], [2.8, 9]]),
    ],
    [
      GlyphStroke([[2.4, -9], [-2, -3.2], [-6.2, 2.6], [0, 2.7], [6.2, 2.6]], corners: [2]),
      GlyphStroke([[2.4, -9], [2.4, 0], [2.4, 9]]),
    ],
  ]

  private static let five: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [5, -8.8], [0.5, -8.8], [-3.8, -8.7], [-4.2, -5], [-4.5, -1], [-0.8, -2.8], [3.4, -1.6],
          [5, 2.4], [3.6, 7], [-0.8, 9], [-5, 7],
        ], corners: [2, 4])
    ]
  ]

  private static let six: [[GlyphStroke]] = [
    [
      GlyphStroke([
        [3.4, -9], [-0.8, -6.4], [-3.8, -2.2], [-5, 2.6], [-3.8, 7], [0, 9], [3.8, 7.4],
        [4.8, 3.9],
        [2.6, 0.9], [-1, 0.9], [-4.2, 4],
      ])
    ]
  ]

  private static let seven: [[GlyphStroke]] = [
    [GlyphStroke([[-5.4, -8.4], [0, -8.5], [5.2, -8.4], [2, -1], [-1.6, 9]], corners: [2])],
    [
      GlyphStroke([[-5.2, -8.4], [0, -8.5], [5.2, -8.4], [2, -1], [-1.2, 9]], corners: [2]),
      GlyphStroke([[-2.6, 0.2], [4.6, 0]]),
    ],
  ]

  private static let eight: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [0, -0.6], [-3.4, -2.6], [-4, -5.6], [-2.4, -8.2], [0, -9], [2.4, -8.2], [4, -5.6],
          [3.4, -2.6], [0, -0.6], [-3.8, 1.6], [-4.9, 4.8], [-3.2, 7.9], [0, 9], [3.2, 7.9],
          [4.9, 4.8], [3.8, 1.6],
        ], closed: true)
    ]
  ]

  private static let nine: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          [4.4, -5.2], [2.2, -8.5], [-1.6, -8.7], [-4.6, -5.6], [-4, -2], [-0.8, -0.6], [2.6, -2],
          [4.4, -5.2], [4, 2], [3, 9],
        ], corners: [7])
    ],
    [
      GlyphStroke(
        [
          [4.4, -5.2], [2.2, -8.5], [-1.6, -8.7], [-4.6, -5.6], [-4, -2], [-0.8, -0.6], [2.6, -2],
          [4.4, -5.2], [4.7, 0], [4, 5.2], [1, 8.8], [-3.8, 7.8],
        ], corners: [7])
    ],
  ]
}
