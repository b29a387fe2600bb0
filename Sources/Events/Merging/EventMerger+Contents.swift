extension EventMerger {
  /// Where a merger stands: what waits, and how far each source has come. All that may be many are lists of numbers.
  public struct Contents: Equatable, Sendable {
    /// What is no list of numbers.
    public struct Position: Codable, Equatable, Sendable {
      fileprivate var sources: [Source] = []
      fileprivate var released: Int64
      fileprivate var overflows: Int
      /// Labels of all pieces.
      fileprivate var labels: [StreamLabel] = []
    }

    fileprivate struct Source: Codable, Equatable {
      /// Events that wait, and pieces behind the boundary.
      var waiting: Int
      var later: Int
      var hasBoundary: Bool
      var frontier: Int64
      var isSilent: Bool
    }

    fileprivate enum Kind: Int32 {
      case events, labels, watermark, end, endAfterLastEvent, restart
    }

    public var position: Position
    /// Of each piece, source after source, the boundary first: its kind, and its time or how many events or labels it has.
    public var kinds: [Int32] = []
    public var values: [Int64] = []
    /// Events of all sources: those that wait, then those of the pieces.
    public var events = EventBatch()

    /// What ``EventMerger/contents`` gave.
    public init(position: Position, kinds: [Int32], values: [Int64], events: EventBatch) {
      (self.position, self.kinds, self.values, self.events) = (position, kinds, values, events)
    }

    fileprivate init(_ merger: EventMerger) {
      position = Position(released: merger.released, overflows: merger.overflows)
      for source in merger.sources {
        position.sources.append(
          Source(
            waiting: source.waiting.count, later: source.later.count,
            hasBoundary: source.boundary != nil, frontier: source.frontier,
            isSilent: source.isSilent))
        events.append(source.waiting.all)
        if let boundary = source.boundary { add(boundary) }
        for piece in source.later { add(piece) }
      }
    }

    private mutating func add(_ piece: Piece) {
      func note(_ kind: Kind, _ value: Int64) {
        kinds.append(kind.rawValue)
        values.append(value)
      }
      switch piece {
      case .events(let batch):
        note(.events, Int64(batch.count))
        events.append(batch)
      case .labels(let labels):
        note(.labels, Int64(labels.count))
        position.labels += labels
      case .watermark(let time): note(.watermark, time)
      case .end(let time?): note(.end, time)
      case .end(nil): note(.endAfterLastEvent, 0)
      case .restart: note(.restart, 0)
      }
    }
  }

  public var contents: Contents { Contents(self) }

  /// Goes on from ``contents`` of a merger of the same sources.
  ///
  /// - Parameters:
  ///   - width: of the joined sensor; `height` likewise.
  ///   - classes: of labels.
  /// - Returns: false, and nothing has changed, for what does not fit.
  public mutating func restore(
    _ contents: Contents, width: Int, height: Int, classes: Int
  ) -> Bool {
    guard contents.position.sources.count == sources.count,
      contents.kinds.count == contents.values.count,
      contents.isPossible(width: width, height: height, classes: classes)
    else { return false }
    var restored = sources
    var reader = ContentsReader(contents)
    for (index, kept) in contents.position.sources.enumerated() {
      guard let waiting = reader.events(kept.waiting) else { return false }
      restored[index].waiting = WaitingEvents()
      // They have been moved to their place already.
      restored[index].waiting.add(waiting, column: 0)
      restored[index].frontier = kept.frontier
      restored[index].isSilent = kept.isSilent
      restored[index].boundary = nil
      if kept.hasBoundary {
        guard let boundary = reader.piece() else { return false }
        restored[index].boundary = boundary
      }
      guard let later = reader.pieces(kept.later),
        later.allSatisfy({ $0.fits(width: width - Int(restored[index].column)) })
      else { return false }
      restored[index].later = later
      restored[index].laterEvents = later.reduce(0) { $0 + $1.size }
    }
    guard reader.isAtEnd else { return false }
    sources = restored
    released = contents.position.released
    overflows = max(0, contents.position.overflows)
    return true
  }
}

extension EventMerger.Contents {
  /// Whether all numbers are such as a merger leaves: they are computed with, and used as addresses.
  fileprivate func isPossible(width: Int, height: Int, classes: Int) -> Bool {
    let limit = WireEncoding.timeLimit
    func isTime(_ time: Int64) -> Bool { (-limit...limit).contains(time) }
    func isFrontier(_ time: Int64) -> Bool { isTime(time) || time == .min || time == .max }
    return events.x.allSatisfy { Int($0) < width } && events.y.allSatisfy { Int($0) < height }
      && events.t.allSatisfy(isTime) && values.allSatisfy(isTime)
      && isFrontier(position.released) && position.sources.allSatisfy { isFrontier($0.frontier) }
      && position.labels.allSatisfy { label in
        isTime(label.t) && isTime(label.end ?? 0) && (0..<classes).contains(label.label ?? 0)
      }
  }
}

extension EventMerger.Piece {
  /// Whether its events, which have not been moved to their place yet, will lie on the sensor then.
  fileprivate func fits(width: Int) -> Bool {
    guard case .events(let batch) = self else { return true }
    return batch.x.allSatisfy { Int($0) < width }
  }
}

/// Takes lists apart again. Nothing is given of what is not there.
private struct ContentsReader {
  private let contents: EventMerger.Contents
  private var nextEvent = 0
  private var nextPiece = 0
  private var nextLabel = 0

  init(_ contents: EventMerger.Contents) { self.contents = contents }

  var isAtEnd: Bool {
    nextEvent == contents.events.count && nextPiece == contents.kinds.count
      && nextLabel == contents.position.labels.count
  }

  mutating func events(_ count: Int) -> EventBatch? {
    guard count >= 0, count <= contents.events.count - nextEvent else { return nil }
    var batch = EventBatch()
    batch.append(contents.events, range: nextEvent..<nextEvent + count)
    nextEvent += count
    return batch
  }

  private mutating func labels(_ count: Int) -> [StreamLabel]? {
    guard count >= 0, count <= contents.position.labels.count - nextLabel else { return nil }
    nextLabel += count
    return Array(contents.position.labels[nextLabel - count..<nextLabel])
  }

  mutating func pieces(_ count: Int) -> [EventMerger.Piece]? {
    guard count >= 0, count <= contents.kinds.count - nextPiece else { return nil }
    var pieces: [EventMerger.Piece] = []
    for _ in 0..<count {
      guard let piece = piece() else { return nil }
      pieces.append(piece)
    }
    return pieces
  }

  mutating func piece() -> EventMerger.Piece? {
    guard nextPiece < contents.kinds.count,
      let kind = EventMerger.Contents.Kind(rawValue: contents.kinds[nextPiece])
    else { return nil }
    let value = contents.values[nextPiece]
    nextPiece += 1
    switch kind {
    case .events: return events(Int(value)).map { .events($0) }
    case .labels: return labels(Int(value)).map { .labels($0) }
    case .watermark: return .watermark(value)
    case .end: return .end(value)
    case .endAfterLastEvent: return .end(nil)
    case .restart: return .restart
    }
  }
}
