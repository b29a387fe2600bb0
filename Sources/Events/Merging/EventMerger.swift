/// Joins the streams of several sources into one, by time. Their clocks have to be one.
///
/// Events of one time come in the order of the sources, and those of one source as it sent them. An event is held until
/// every source has reached its time, with an event or a watermark, so that the joined stream depends on what was sent and
/// not on when it arrived. It does depend on that where a source is ``silence(of:watermark:)`` or the limit is reached; and
/// its watermarks do with a disorder above 0, so that a silence near a reader's limit may pass for shorter or longer.
///
/// Where a recording of one source ends, the source waits there until those of all others have ended too: the joined
/// recording ends with the last of them. In the same way it waits where its clock begins anew.
public struct EventMerger: Sendable {
  /// What a source sends, and what the joined stream consists of.
  public enum Piece: Equatable, Sendable {
    case events(EventBatch)
    case labels([StreamLabel])
    /// All events before this time have come.
    case watermark(Int64)
    /// The recording ends, at a stated time or after its last event.
    case end(Int64?)
    /// Time begins anew, and what was under way is given up.
    case restart
  }

  struct Source: Sendable {
    var column: UInt16
    var waiting = WaitingEvents()
    /// No event before this time is to be waited for.
    var frontier = Int64.min
    /// Where the source waits for the others: an end or a restart.
    var boundary: Piece?
    /// What it sent behind that, and its size in events.
    var later: [Piece] = []
    var laterEvents = 0
    var isSilent = false

    var events: Int { waiting.count + laterEvents }
    var isFresh: Bool { frontier == .min && waiting.count == 0 }
    var holdsNobody: Bool { boundary != nil || isSilent }
  }

  /// Bytes of one event that waits.
  public static let bytesPerEvent = 13
  private let disorder: Int64
  private let allowance: Int64
  private let eventLimit: Int
  var sources: [Source]
  /// All events before this time have been given out.
  var released = Int64.min
  /// Times that events had to be given out before every source had reached their time, for too many were waiting.
  public internal(set) var overflows = 0

  /// - Parameters:
  ///   - columns: for each source, by how many columns its events move to the right.
  ///   - disorder: how much older than the newest before it an event of a source may be, in microseconds.
  ///   - allowance: how far, in microseconds, a silent source still holds the others back, should it return.
  ///   - byteLimit: bytes of events that may wait.
  public init(columns: [UInt16], disorder: Int64 = 0, allowance: Int64 = 0, byteLimit: Int) {
    self.disorder = disorder
    self.allowance = allowance
    eventLimit = max(1, byteLimit / Self.bytesPerEvent)
    sources = columns.map { Source(column: $0) }
  }

  /// Events that wait.
  public var waiting: Int { sources.reduce(0) { $0 + $1.events } }

  /// Takes in what source `index` sent, and gives what can be given.
  public mutating func add(_ pieces: [Piece], from index: Int) -> [Piece] {
    var ready: [Piece] = []
    sources[index].isSilent = false
    for piece in pieces {
      // They act by their own time. Those behind a boundary belong to what comes then.
      if case .labels = piece, sources[index].boundary == nil {
        ready.append(piece)
      } else {
        sources[index].take(piece, disorder)
      }
    }
    release(&ready)
    return ready
  }

  /// Source `index` sends nothing at present: it holds nobody up.
  ///
  /// - Parameter time: how far its time has gone on meanwhile, where it is known.
  public mutating func silence(of index: Int, watermark time: Int64? = nil) -> [Piece] {
    sources[index].isSilent = true
    if let time, sources[index].boundary == nil {
      sources[index].frontier = max(sources[index].frontier, time)
    }
    var ready: [Piece] = []
    release(&ready)
    return ready
  }

  /// Source `index` was started again and its clock has gone on: where its recording had ended, it goes on with the others.
  public mutating func rejoin(_ index: Int) {
    guard case .end = sources[index].boundary, sources[index].later.isEmpty else { return }
    sources[index].boundary = nil
  }

  // MARK: - What is ready

  private mutating func release(_ ready: inout [Piece]) {
    repeat {
      giveOut(before: bound, &ready)
      while sources.contains(where: { $0.boundary != nil }),
        sources.allSatisfy(\.holdsNobody)
      {
        passBoundary(&ready)
        giveOut(before: bound, &ready)
      }
    } while makeRoom(&ready)
  }

  /// What every source that is at work has reached.
  private var bound: Int64 {
    let leading = sources.lazy.filter { $0.boundary == nil }.map(\.frontier).max() ?? .max
    var bound = Int64.max
    for source in sources where source.boundary == nil {
      let behind = leading == .min ? leading : leading &- allowance
      bound = min(bound, source.isSilent ? max(source.frontier, behind) : source.frontier)
    }
    return max(bound, released)
  }

  private mutating func giveOut(before time: Int64, _ ready: inout [Piece]) {
    var events = EventBatch()
    for index in sources.indices { sources[index].waiting.take(before: time, into: &events) }
    if !events.isEmpty { ready.append(.events(events.sorted())) }
    guard time > released, time < .max else { return }
    released = time
    ready.append(.watermark(time))
  }

  /// All sources have come to an end or begin anew: what they have sent since then is next.
  private mutating func passBoundary(_ ready: inout [Piece]) {
    giveOut(before: .max, &ready)
    let boundaries = sources.compactMap(\.boundary)
    let ends = boundaries.compactMap { if case .end(let time) = $0 { time } else { nil } }
    let hasEnded = boundaries.contains { if case .end = $0 { true } else { false } }
    ready.append(hasEnded ? .end(ends.max()) : .restart)
    released = .min
    for index in sources.indices {
      sources[index].boundary = nil
      sources[index].frontier = .min
      let later = sources[index].later
      sources[index].later = []
      sources[index].laterEvents = 0
      for piece in later {
        if case .labels = piece, sources[index].boundary == nil {
          ready.append(piece)
        } else {
          sources[index].take(piece, disorder)
        }
      }
    }
  }

  /// Gives out the oldest of what waits, if it is too much.
  ///
  /// - Returns: whether anything may be ready now.
  private mutating func makeRoom(_ ready: inout [Piece]) -> Bool {
    guard waiting > eventLimit,
      let longest = sources.indices.max(by: { sources[$0].events < sources[$1].events })
    else { return false }
    overflows += 1
    if let middle = sources[longest].waiting.middle {
      giveOut(before: middle == .max ? middle : middle + 1, &ready)
    } else {
      // It waits at a boundary that the others do not come to.
      passBoundary(&ready)
    }
    return true
  }
}

extension EventMerger.Piece {
  /// What it takes to keep it, in events.
  var size: Int {
    switch self {
    case .events(let events): 8 + events.count
    case .labels(let labels): 8 + 32 * labels.count
    case .watermark, .end, .restart: 8
    }
  }
}

extension EventMerger.Source {
  fileprivate mutating func take(_ piece: EventMerger.Piece, _ disorder: Int64) {
    guard boundary == nil else {
      later.append(piece)
      laterEvents += piece.size
      return
    }
    switch piece {
    case .events(let events):
      guard let newest = events.t.max() else { return }
      waiting.add(events, column: column)
      frontier = max(frontier, newest &- disorder)
    case .watermark(let time): frontier = max(frontier, time)
    case .labels: break
    case .end: boundary = piece
    // Where nothing has been, nothing is given up.
    case .restart: if !isFresh { boundary = piece }
    }
  }
}
