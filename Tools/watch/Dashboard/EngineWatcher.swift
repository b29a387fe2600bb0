import Foundation
import Service
import Synchronization
import ToolSupport
import Transport

/// Follows an engine on a thread of its own, and puts what it tells on the board. Activity and predictions are asked for only
/// while a browser looks on.
final class EngineWatcher: Sendable {
  private let engine: EngineOptions
  private let context: Context
  private let board: LiveBoard
  private let tally: NeuronTally

  init(_ engine: EngineOptions, _ context: Context, _ board: LiveBoard, _ tally: NeuronTally) {
    (self.engine, self.context, self.board, self.tally) = (engine, context, board, tally)
  }

  func start() {
    HTTPListener.thread("watch") { [self] in
      while true {
        do {
          try follow()
        } catch {
          noteAway("\(error)")
          Thread.sleep(forTimeInterval: 1)
        }
      }
    }
  }

  /// The last status stays on the board, for those who come now.
  private func noteAway(_ reason: String) {
    if let text = try? Terminal.jsonText(["reason": reason]) { board.post("away", text) }
  }

  /// Works until a socket fails or the engine no longer answers.
  private func follow() throws {
    let client = try engine.client(in: context)
    var subscriber: OutputSubscriber?
    var history = AccuracyHistory()
    var results = RecentPredictions()
    var nextStatus = ContinuousClock.now
    while true {
      let isWatched = board.viewerCount > 0
      if isWatched, subscriber == nil {
        subscriber = try engine.subscriber(
          ["activity/", "prediction/"], queue: 5000, in: context)
      } else if !isWatched {
        subscriber = nil
      }
      if let subscriber { try take(subscriber, &results) }
      let now = ContinuousClock.now
      if now >= nextStatus {
        nextStatus = now + .milliseconds(200)
        try askStatus(client, &history)
        if let text = results.take() { board.post("prediction", text) }
      }
      if subscriber == nil { Thread.sleep(forTimeInterval: 0.1) }
    }
  }

  private func askStatus(_ client: EngineClient, _ history: inout AccuracyHistory) throws {
    let json: [UInt8]
    do {
      json = try client.statusJSON(timeout: .seconds(2))
    } catch {
      noteAway("\(error)")
      return
    }
    guard let status = try? JSONDecoder().decode(WatchedStatus.self, from: Data(json)) else {
      noteAway("its status cannot be read")
      return
    }
    tally.note(engine: status.engine)
    board.remove("away")
    board.remove("activity", except: Set(status.sources.keys))
    board.post(
      "status",
      #"{"watchers":\#(board.viewerCount),"status":\#(String(decoding: json.filter { $0 >= 0x20 }, as: UTF8.self))}"#
    )
    if history.note(status) { board.post("curves", history.json) }
  }

  /// Takes what is there, or waits shortly for something.
  private func take(_ subscriber: OutputSubscriber, _ results: inout RecentPredictions) throws {
    var timeout = Duration.milliseconds(20)
    // A bounded number: the status is due, too.
    for _ in 0..<2000 {
      guard let (topic, frames) = try subscriber.receive(timeout: timeout) else { return }
      timeout = .zero
      if topic.hasPrefix("activity/") {
        guard let message = try? ActivityMessage(frames: frames) else { continue }
        tally.note(message)
        board.post(
          "activity", key: message.header.source, try ActivityText.json(message))
      } else if !OutputSubscriber.isOfFrozenCopy(topic), let body = frames.first,
        let prediction = try? PredictionMessage(json: body)
      {
        results.note(prediction)
      }
    }
  }
}

/// What the watcher itself needs of a status, however much else it holds.
struct WatchedStatus: Decodable {
  struct Loss: Decodable {
    var mean: Double?
    var recent: Double?
  }

  /// Its name is all that counts here.
  struct Source: Decodable {}

  var engine: String
  var labelledTrials: Int
  var accuracy: Double?
  var recentAccuracy: Double?
  var loss: Loss?
  var sources: [String: Source]

  private enum CodingKeys: String, CodingKey {
    case engine, accuracy, loss, sources
    case labelledTrials = "labelled_trials"
    case recentAccuracy = "recent_accuracy"
  }
}

/// Activity for browsers: the header as it is, the frames in base64.
enum ActivityText {
  private struct Text: Encodable {
    var header: ActivityMessage.Header
    var on: Data
    var off: Data
    var raster: Data
    var counts: Data
  }

  static func json(_ message: ActivityMessage) throws -> String {
    try Terminal.jsonText(
      Text(
        header: message.header, on: Data(message.on), off: Data(message.off),
        raster: Data(message.raster), counts: Data(message.counts)))
  }
}

/// The latest predictions of every source, and how its latest trials ended.
struct RecentPredictions {
  private struct Source: Encodable {
    var latest: PredictionMessage
    var final: PredictionMessage?
    /// Of the latest labelled trials, oldest first.
    var results: [Bool] = []
  }

  private static let most = 64
  private var sources: [String: Source] = [:]
  private var hasNews = false

  mutating func note(_ prediction: PredictionMessage) {
    hasNews = true
    if sources[prediction.source] == nil, sources.count >= Self.most { sources.removeAll() }
    var source = sources[prediction.source] ?? Source(latest: prediction)
    source.latest = prediction
    if prediction.isFinal {
      source.final = prediction
      if let isCorrect = prediction.isCorrect {
        source.results = source.results.suffix(Self.most - 1) + [isCorrect]
      }
    }
    sources[prediction.source] = source
  }

  /// What there is to tell, if it has changed.
  mutating func take() -> String? {
    guard hasNews else { return nil }
    hasNews = false
    return try? Terminal.jsonText(sources)
  }
}
