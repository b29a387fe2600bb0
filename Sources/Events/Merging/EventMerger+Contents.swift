extension EventMerger {
  /// Where a merger stands: what waits, and how far each source has come.
  public struct Contents: Codable, Equatable, Sendable {
    fileprivate struct Events: Codable, Equatable {
      var t: [Int64]
      var x: [UInt16]
      var y: [UInt16]
      var on: [Bool]
    }

    fileprivate struct Piece: Codable, Equatable {
      enum Kind: String, Codable {
        case events, labels, watermark, end, restart
      }

      var kind: Kind
      var events: Events?
      var labels: [StreamLabel]?
      var time: Int64?
    }

    fileprivate struct Source: Codable, Equatable {
      var waiting: Events
      var frontier: Int64
      var boundary: Piece?
      var later: [Piece]
      var isSilent: Bool
    }

    fileprivate var sources: [Source]
    fileprivate var released: Int64
    fileprivate var overflows: Int
  }

  public var contents: Contents {
    Contents(
      sources: sources.map { source in
        Contents.Source(
          waiting: .init(source.waiting.all), frontier: source.frontier,
          boundary: source.boundary.map { .init($0) }, later: source.later.map { .init($0) },
          isSilent: source.isSilent)
      }, released: released, overflows: overflows)
  }

  /// Goes on from ``contents`` of a merger of the same sources.
  ///
  /// - Parameter width: of the joined sensor; `height` likewise.
  /// - Returns: false, and nothing has changed, for what does not fit.
  public mutating func restore(_ contents: Contents, width: Int, height: Int) -> Bool {
    guard contents.sources.count == sources.count else { return false }
    var restored = sources
    for (index, kept) in contents.sources.enumerated() {
      let later = kept.later.compactMap { $0.piece(width, height) }
      guard let waiting = kept.waiting.batch(width, height), later.count == kept.later.count,
        kept.boundary.map({ $0.piece(width, height) != nil }) ?? true
      else { return false }
      restored[index].waiting = WaitingEvents()
      // They have been moved to their place already.
      restored[index].waiting.add(waiting, column: 0)
      restored[index].frontier = kept.frontier
      restored[index].boundary = kept.boundary?.piece(width, height)
      restored[index].later = later
      restored[index].laterEvents = later.reduce(0) { $0 + $1.size }
      restored[index].isSilent = kept.isSilent
    }
    sources = restored
    released = contents.released
    overflows = max(0, contents.overflows)
    return true
  }
}

extension EventMerger.Contents.Events {
  fileprivate init(_ batch: EventBatch) {
    self.init(t: batch.t, x: batch.x, y: batch.y, on: batch.on)
  }

  fileprivate func batch(_ width: Int, _ height: Int) -> EventBatch? {
    guard x.count == t.count, y.count == t.count, on.count == t.count,
      x.allSatisfy({ Int($0) < width }), y.allSatisfy({ Int($0) < height })
    else { return nil }
    var batch = EventBatch()
    batch.reserveCapacity(t.count)
    for index in t.indices { batch.append(t: t[index], x: x[index], y: y[index], on: on[index]) }
    return batch
  }
}

extension EventMerger.Contents.Piece {
  fileprivate init(_ piece: EventMerger.Piece) {
    switch piece {
    case .events(let batch): self.init(kind: .events, events: .init(batch))
    case .labels(let labels): self.init(kind: .labels, labels: labels)
    case .watermark(let time): self.init(kind: .watermark, time: time)
    case .end(let time): self.init(kind: .end, time: time)
    case .restart: self.init(kind: .restart)
    }
  }

  fileprivate func piece(_ width: Int, _ height: Int) -> EventMerger.Piece? {
    switch kind {
    case .events: events?.batch(width, height).map { .events($0) }
    case .labels: labels.map { .labels($0) }
    case .watermark: time.map { .watermark($0) }
    case .end: .end(time)
    case .restart: .restart
    }
  }
}
