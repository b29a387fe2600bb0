/// The loops that bring one row from an entry of the history to the present; the equations are those of ``PrefixSums``.
struct Gather<Scalar: LearningScalar> {
  typealias Lanes = UnsafeMutablePointer<SIMD8<Scalar>>

  private let sums: PrefixSums<Scalar>
  private let now: Lanes
  private let history: RowMatrix<Scalar>
  private let shared0: UnsafeMutablePointer<Scalar>
  private let shared1: UnsafeMutablePointer<Scalar>
  /// Whether rows have one shared coefficient and feed one exponential.
  let isCommon: Bool

  /// - Parameter shared: the coefficients of rows.
  init(_ sums: PrefixSums<Scalar>, shared: [LaneVector<Scalar>]) {
    guard let history = sums.history else { preconditionFailure("sums that do not look back") }
    self.sums = sums
    self.history = history
    now = sums.now.row(0)
    shared0 = shared[0].scalars
    shared1 = shared[shared.count - 1].scalars
    isCommon = sums.gating == .nothing && sums.channels == 1 && sums.modes.count == 1
  }

  /// Adds to `target` what `row` has gathered since entry `from`, and brings its numbers forward.
  ///
  /// - Parameter input: takes the target then, where given.
  @inline(__always)
  func collect(
    _ row: Int, from: Int, _ lanes: Range<Int>, into target: Lanes,
    _ numbers: RowNumbers<Scalar>, input: Lanes?
  ) {
    if isCommon, let x = numbers.x0 {
      if let input {
        collectCommon(row, from: from, lanes, into: target, x, input: input, kept: nil)
      } else {
        collectCommon(row, from: from, lanes, into: target, x, input: nil, kept: nil)
      }
      return
    }
    collectAny(row, from: from, lanes, into: target, numbers)
    guard let input else { return }
    for lane in lanes { input[lane] += target[lane] }
  }

  @inline(__always)
  private func past(_ from: Int) -> Lanes { history.row(from) }

  /// The same, and on to a new base, at which what a row has left is `kept` times as much; of the common form.
  @inline(__always)
  func collectCommon(
    _ row: Int, from: Int, _ lanes: Range<Int>, into target: Lanes, _ x: Lanes,
    carrying kept: Scalar
  ) {
    collectCommon(row, from: from, lanes, into: target, x, input: nil, kept: kept)
  }

  /// What is nothing where this is called is left out of the loop.
  @inline(__always)
  private func collectCommon(
    _ row: Int, from: Int, _ lanes: Range<Int>, into target: Lanes, _ x: Lanes, input: Lanes?,
    kept: Scalar?
  ) {
    var past = past(from) + 3 * lanes.lowerBound
    var now = now + 3 * lanes.lowerBound
    let c = SIMD8(repeating: shared0[row])
    for lane in lanes {
      let sumC = now[1]
      let entered = now[0] - past[0]
      let due = sumC * entered + (now[2] - past[2])
      let before = x[lane]
      let sum = target[lane] + (before * (sumC - past[1]) + c * due)
      target[lane] = sum
      if let input { input[lane] += sum }
      let after = before + c * entered
      if let kept {
        x[lane] = Scalar.withoutVanishing(after * kept)
      } else {
        x[lane] = after
      }
      now += 3
      past += 3
    }
  }

  private func collectAny(
    _ row: Int, from: Int, _ lanes: Range<Int>, into target: Lanes, _ numbers: RowNumbers<Scalar>
  ) {
    switch (sums.channels, sums.modes.count) {
    case (0, 1): collect(row, from, lanes, target, numbers, channels: 0, modes: 1)
    case (0, _): collect(row, from, lanes, target, numbers, channels: 0, modes: 2)
    case (1, 1): collect(row, from, lanes, target, numbers, channels: 1, modes: 1)
    case (1, _): collect(row, from, lanes, target, numbers, channels: 1, modes: 2)
    case (_, 1): collect(row, from, lanes, target, numbers, channels: 2, modes: 1)
    default: collect(row, from, lanes, target, numbers, channels: 2, modes: 2)
    }
  }

  /// Any form; `channels` and `modes` are constants where it is called.
  @inline(__always)
  private func collect(
    _ row: Int, _ from: Int, _ lanes: Range<Int>, _ target: Lanes, _ numbers: RowNumbers<Scalar>,
    channels: Int, modes: Int
  ) {
    let c = PrefixSums<Scalar>.placeOfC(0, channels: channels, modes: modes)
    let f = PrefixSums<Scalar>.placeOfF(0, channels: channels, modes: modes)
    let (width, stride, isGated) = (sums.width, sums.stride, sums.gating != .nothing)
    let (firstPast, firstNow) = (past(from), now)
    let one = SIMD8<Scalar>(repeating: 1)
    for lane in lanes {
      let (past, now) = (firstPast + lane * stride, firstNow + lane * width)
      // What a spike ends counts up to the spike: those of the row's own coefficients.
      let isOpen = isGated ? past[width] : one
      let part0 = numbers.c0 == nil ? one : isOpen
      let c0 = numbers.c0.map { $0[lane] } ?? SIMD8(repeating: shared0[row])
      var due0 = now[f] * part0 - past[f]
      var gathered = target[lane]
      if let place = numbers.c0 { place[lane] = c0 * isOpen }
      let part1 = numbers.c1 == nil ? one : isOpen
      var c1 = SIMD8<Scalar>.zero
      var due1 = SIMD8<Scalar>.zero
      if modes == 2 {
        c1 = numbers.c1.map { $0[lane] } ?? SIMD8(repeating: shared1[row])
        due1 = now[f + 1] * part1 - past[f + 1]
        if let place = numbers.c1 { place[lane] = c1 * isOpen }
      }
      for channel in 0..<channels {
        guard let x = channel == 0 ? numbers.x0 : numbers.x1 else { continue }
        let b = PrefixSums<Scalar>.placeOfB(channel, 0, modes: modes)
        let sumC = now[c + channel]
        let before = x[lane]
        gathered += before * (sumC - past[c + channel])
        let entered0 = now[b] * part0 - past[b]
        due0 += sumC * entered0
        var after = before + c0 * entered0
        if modes == 2 {
          let entered1 = now[b + 1] * part1 - past[b + 1]
          due1 += sumC * entered1
          after += c1 * entered1
        }
        x[lane] = after
      }
      gathered += c0 * due0
      if modes == 2 { gathered += c1 * due1 }
      target[lane] = gathered
    }
  }
}
