import ArgumentParser
import Events
import Foundation
import Service
import ToolSupport
import Transport

@main
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-replay",
    abstract: "Stream recordings to an engine.",
    discussion: """
      Sends recordings, one after the other, on one continuous stream time. Labels travel with them, and the engine \
      learns from these; with --unlabelled the labels stay here, and the engine's predictions are held against them. \
      A path is
        a recording: it is predicted only, unless <stem>_labels.csv stands beside it
        a folder of folders, <label>/*: each recording is a trial of its folder's class
        a folder with <stem>_labels.csv (class,startTime_usec,endTime_usec), as DVS-Gesture: each row is a trial
        a list of such recordings: trials_to_train.txt, trials_to_test.txt
        a table path,label,start_us,end_us, the last two where trials lie amid a recording
      Between the trials of a recording the engine predicts, and does not learn.

      At full speed the engine sets the pace: nothing is dropped, and the tool ends when the engine has acknowledged the \
      last message. Recordings of a set are shuffled by --seed; in order, files sorted by class are another task, \
      where each class is learned after, and over, the one before.

      EXAMPLES
        afferent-replay SampleStreams/Train
        afferent-replay SampleStreams/Test --unlabelled
        afferent-replay nmnist/Train --passes 5 --seed 3 --at run
        afferent-replay DvsGesture/trials_to_train.txt
        afferent-replay DvsGesture/trials_to_test.txt --unlabelled
        afferent-replay mine/train.csv --geometry 128x128
        afferent-replay recording.bin --speed 1
        afferent-replay nmnist/Train --resume     after a break, with all else as before
        afferent-replay nmnist/Train --transform denoise=5000 --transform downsample=17x17

      EXIT STATUS
        0 all sent and acknowledged, 1 a file or a socket failed, 3 the engine did not take every event, \
      4 nobody listens or answers
      """)

  @Argument(help: "Recordings, labelled folders, lists or tables.")
  var paths: [String]
  @OptionGroup var engine: EngineOptions
  @OptionGroup var transform: TransformOptions
  @Option(help: "Passes over everything.")
  var passes = 1
  @Option(help: "Seed of the order of the recordings.")
  var seed: UInt64 = 1
  @Flag(help: "Keep the recordings in the order listed.")
  var inOrder = false
  @Option(help: "max, or a multiple of real time, 0.001 to 1000000.")
  var speed = Speed.max
  @Flag(help: "Keep the labels back, and tell how many predictions were right.")
  var unlabelled = false
  @Option(help: "Name of the source in topics.")
  var source = "replay"
  @Option(
    help: ArgumentHelp(
      "Sensor of the recordings. (default: as the first states it, else 34x34)",
      valueName: "WxH"))
  var geometry: SensorGeometry?
  @Option(help: "Most events in one message.")
  var eventsPerMessage = 2048
  @Option(
    help: ArgumentHelp(
      "Encoding of events: \(WireEncoding.allCases.map(\.rawValue).joined(separator: ", "))."))
  var encoding = WireEncoding.t32x16y15on1
  @Flag(help: "Give all events of a message the time of its first.")
  var mergeTimes = false
  @Option(help: "Header of messages: json or binary.")
  var header = EventMessageWriter.HeaderForm.binary
  @Option(help: "Stream time between two recordings, in milliseconds.")
  var pauseMs = 50
  @Option(help: "Seconds to wait for a listener, and for an acknowledgement without progress.")
  var wait = 30.0
  @Flag(help: "Do not ask the engine: for listeners that only take events.")
  var noAck = false
  @Flag(help: "Go on after the last message of this source that the engine has worked off.")
  var resume = false
  @Flag(help: "Print the result as one line of JSON.")
  var json = false

  /// How fast stream time passes.
  enum Speed: ExpressibleByArgument, Equatable {
    case max
    case times(Double)

    init?(argument: String) {
      if argument == "max" {
        self = .max
      } else if let factor = Double(argument), (1e-3...1e6).contains(factor) {
        self = .times(factor)
      } else {
        return nil
      }
    }

    var defaultValueDescription: String { "max" }
  }

  func validate() throws {
    guard !resume || !noAck else {
      throw ValidationError("--resume asks the engine, --no-ack does not")
    }
    guard passes >= 1 else { throw ValidationError("--passes must be at least 1") }
    guard (1...1_000_000).contains(eventsPerMessage) else {
      throw ValidationError("--events-per-message must be 1 to 1000000")
    }
    guard (0...3_600_000).contains(pauseMs) else {
      throw ValidationError("--pause-ms must be 0 to 3600000")
    }
    guard Topic.isSource(source) else {
      throw ValidationError("--source must be 1 to 64 letters, digits, dots, dashes, underscores")
    }
    guard wait > 0, wait <= 1e6 else {
      throw ValidationError("--wait must be above 0 and at most 1000000")
    }
    guard encoding.keepsTimes || mergeTimes else {
      throw ValidationError(
        "--encoding \(encoding.rawValue) has no times; --merge-times gives those of a message one")
    }
    if let geometry {
      do { _ = try sent(from: geometry) } catch { throw ValidationError("\(error)") }
    }
  }

  /// What becomes of the events of a sensor on their way.
  func sent(from sensor: SensorGeometry) throws -> TransformChain {
    let chain: TransformChain
    do {
      chain = try transform.chain(sensor)
    } catch {
      throw ReplayError("--transform \(error)")
    }
    guard header == .json || (chain.output.width < 65536 && chain.output.height < 65536) else {
      throw ReplayError("a side of 65536 pixels needs --header json")
    }
    return chain
  }

  func run() throws {
    try ExitStatus.report("afferent-replay") {
      let result: ReplayResult
      do {
        result = try ReplaySession(self).run()
      } catch let error as TransportError where error.code == .timedOut {
        Terminal.note("afferent-replay: \(error)")
        throw ExitStatus.noAnswer
      }
      if json {
        try Terminal.json(result)
      } else {
        for line in result.text { Terminal.line(line) }
      }
      guard result.isLossless else { throw ExitStatus.checkFailed }
    }
  }
}

/// Options that do not fit the recordings.
struct ReplayError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
