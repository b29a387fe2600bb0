import ArgumentParser
import Foundation
import Learning
import Service
import ToolSupport
import Transport

/// Has a running engine do something.
struct Control: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Have a running engine do something.",
    discussion: """
      The engine answers with a sentence of what it did, or with the reason why it did not.

      ACTIONS
        status           its counters
        pause, resume    learning, from the next trial on
        rate FACTOR      multiply the configured learning rate by 0 to 100
        reset            clear membranes and traces, drop open trials
        freeze           have a copy of the weights predict beside the learning ones; unfreeze ends that
        snapshot -o FILE write the weights as they are now, as safetensors
        save, load NAME  write a checkpoint, take the weights of one over
        drain            work off what has arrived, save, and end

      EXAMPLES
        afferent-watch control rate 0.5
        afferent-watch control freeze
        afferent-watch control snapshot -o weights.safetensors

      EXIT STATUS
        0 done, 1 refused, or a socket or file failed, 4 nobody answers
      """)

  enum Action: String, CaseIterable, ExpressibleByArgument {
    case status, pause, resume, rate, reset, freeze, unfreeze, snapshot, save, load, drain
  }

  @Argument(help: "What is to be done.")
  var action: Action
  @Argument(help: "The factor of rate, the name of load.")
  var value: String?
  @OptionGroup var options: WatchOptions
  @Option(name: .shortAndLong, help: "Where snapshot writes to.")
  var output: String?

  func validate() throws {
    switch action {
    case .rate:
      guard let value, let factor = Double(value), (0...100).contains(factor) else {
        throw ValidationError("rate takes a factor of 0 to 100, not \(value ?? "nothing")")
      }
    case .load:
      guard value?.isEmpty == false else { throw ValidationError("load takes a name") }
    default:
      if let value { throw ValidationError("\(action.rawValue) takes no value; \(value)?") }
    }
    guard (action == .snapshot) == (output != nil) else {
      throw ValidationError("snapshot, and nothing else, takes --output FILE")
    }
  }

  /// Has it done, and returns what the engine says.
  private func carryOut(_ client: EngineClient) throws -> String {
    switch action {
    case .status, .snapshot: try snapshot(client)
    case .pause: try client.perform(.pause)
    case .resume: try client.perform(.resume)
    case .rate: try client.perform(.learningRate(factor: value.flatMap(Double.init) ?? 1))
    case .reset: try client.perform(.resetState)
    case .freeze: try client.perform(.freeze)
    case .unfreeze: try client.perform(.unfreeze)
    case .save: try client.save().done
    case .load: try client.load(value ?? "").done
    case .drain: try client.drain().done
    }
  }

  func run() throws {
    try options.report {
      let context = try Context()
      guard action != .status else {
        return try StatusView(json: options.json).run(options.engine, context)
      }
      let client = try options.engine.client(in: context)
      do {
        let done = try carryOut(client)
        try options.json ? Terminal.json(["done": done]) : Terminal.line(done)
      } catch let error as EngineAnswerError where options.json {
        try Terminal.json(["error": error.description])
        throw ExitStatus.failed
      }
    }
  }

  private func snapshot(_ client: EngineClient) throws -> String {
    let (header, weights) = try client.snapshot(timeout: .seconds(30))
    let message = weights.message(metadata: [
      "model": header.model, "weights_seq": String(header.sequence), "sha256": weights.digest,
    ])
    let path = output ?? ""
    try Data(message.encoded()).write(to: URL(fileURLWithPath: path), options: .atomic)
    return "weights \(header.sequence) written to \(path)"
  }
}
