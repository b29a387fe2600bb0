import Foundation
import Learning
import Service
import Synchronization
import ToolSupport
import Transport

/// Which neurons and which pixels have fired of late. The past fades by half in about two seconds of looking.
final class NeuronTally: Sendable {
  struct State {
    var engine = ""
    /// Of the sensor.
    var width = 0
    var height = 0
    /// Spikes of each neuron.
    var counts: [Double] = []
    /// Events of each cell of an image in which a cell is `scale` pixels wide.
    var events: [Double] = []
    var scale = 1
    var imageWidth = 1

    /// How often the cell of a pixel fired, where 1 is often.
    func share(x: Int, y: Int, often: Double) -> Float {
      let cell = y / scale * imageWidth + x / scale
      return events.indices.contains(cell) ? Float(min(1, events[cell] / often)) : 0
    }
  }

  private let state = Mutex(State())

  func note(_ message: ActivityMessage) {
    let header = message.header
    state.withLock { state in
      if state.counts.count != header.neurons {
        state.counts = [Double](repeating: 0, count: header.neurons)
      }
      (state.width, state.height) = (header.sensorWidth, header.sensorHeight)
      for index in state.counts.indices where 2 * index + 1 < message.counts.count {
        let count = Int(message.counts[2 * index]) | Int(message.counts[2 * index + 1]) << 8
        state.counts[index] = 0.97 * state.counts[index] + Double(count)
      }
      if state.events.count != message.on.count {
        state.events = [Double](repeating: 0, count: message.on.count)
      }
      (state.scale, state.imageWidth) = (header.scale, header.width)
      for cell in state.events.indices {
        let count = Int(message.on[cell]) + Int(message.off[cell])
        state.events[cell] = 0.97 * state.events[cell] + Double(count)
      }
    }
  }

  /// Forgets what was of another engine.
  func note(engine: String) {
    state.withLock { if $0.engine != engine { $0 = State(engine: engine) } }
  }

  /// What fired, and the neurons that fired most, most active first; nothing before any did.
  func most(_ count: Int) -> (State, most: [Int])? {
    let state = state.withLock { $0 }
    let active = state.counts.indices.filter { state.counts[$0] > 0.5 }
    guard !active.isEmpty else { return nil }
    let sorted = active.sorted { state.counts[$0] > state.counts[$1] }
    return (state, Array(sorted.prefix(count)))
  }
}

/// Weights of the neurons that fired most, as images: what excites a neuron by ON events less what excites it by OFF events, and
/// nothing where no events are: weights there are still the random numbers that they began as.
final class FieldWatcher: Sendable {
  /// Weights above which no snapshot is taken just to be looked at.
  private static let mostWeights = 1 << 24
  private static let largestSide = 48

  private struct Fields: Encodable {
    struct Item: Encodable {
      var neuron: Int
      /// int8 of each cell, row by row: 127 is the largest weight.
      var image: Data
    }

    var width = 0
    var height = 0
    var items: [Item] = []
    var note: String?
  }

  private let engine: EngineOptions
  private let context: Context
  private let board: LiveBoard
  private let tally: NeuronTally

  init(_ engine: EngineOptions, _ context: Context, _ board: LiveBoard, _ tally: NeuronTally) {
    (self.engine, self.context, self.board, self.tally) = (engine, context, board, tally)
  }

  func start() {
    HTTPListener.thread("fields") { [self] in
      while true {
        let begin = ContinuousClock.now
        if board.viewerCount > 0, let fields = try? fields() {
          if let text = try? Terminal.jsonText(fields) { board.post("fields", text) }
        }
        // A snapshot costs the engine time: it is to be a small part of it.
        let taken = begin.duration(to: .now).inSeconds
        Thread.sleep(forTimeInterval: max(2, min(60, 30 * taken)))
      }
    }
  }

  private func fields() throws -> Fields? {
    guard let (fired, most) = tally.most(12) else { return nil }
    let (width, height, neurons) = (fired.width, fired.height, fired.counts.count)
    guard 2 * width * height * neurons <= Self.mostWeights else {
      return Fields(
        note: "\(2 * width * height * neurons) weights are too many to be fetched for a look")
    }
    let client = try engine.client(in: context)
    guard let input = try client.snapshot().weights.matrix("input.weight"),
      input.rows == 2 * width * height, input.columns == neurons
    else { return nil }
    let often = max(1, (fired.events.max() ?? 0) / 8)
    let scale = (max(width, height) + Self.largestSide - 1) / Self.largestSide
    var fields = Fields(width: (width + scale - 1) / scale, height: (height + scale - 1) / scale)
    fields.items = most.map { neuron in
      var cells = [Float](repeating: 0, count: fields.width * fields.height)
      for pixel in 0..<(width * height) {
        let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
        let off = input.values[pixel * neurons + neuron]
        let on = input.values[(width * height + pixel) * neurons + neuron]
        let share = fired.share(x: x, y: y, often: often)
        cells[y / scale * fields.width + x / scale] += share * (on - off)
      }
      return .init(
        neuron: neuron,
        image: Self.image(Self.smoothed(Self.smoothed(cells, fields.width), fields.width)))
    }
    return fields
  }

  /// Each cell with its neighbours, by 1/4, 1/2 and 1/4 along both sides: what was learned goes over several pixels, and stands out
  /// from the random numbers that the weights began with.
  private static func smoothed(_ cells: [Float], _ width: Int) -> [Float] {
    func along(_ cells: [Float], step: Int, isInside: (Int) -> (Bool, Bool)) -> [Float] {
      cells.indices.map { index in
        let (hasBefore, hasAfter) = isInside(index)
        let before = hasBefore ? cells[index - step] : cells[index]
        let after = hasAfter ? cells[index + step] : cells[index]
        return (before + 2 * cells[index] + after) / 4
      }
    }
    let rows = along(cells, step: 1) { ($0 % width > 0, $0 % width < width - 1) }
    return along(rows, step: width) { ($0 >= width, $0 < cells.count - width) }
  }

  /// Cells as int8, such that all but the largest fiftieth fit.
  private static func image(_ cells: [Float]) -> Data {
    let sizes = cells.map(abs).filter(\.isFinite).sorted()
    let largest = sizes.isEmpty ? 0 : sizes[sizes.count * 49 / 50]
    return Data(
      cells.map { cell in
        guard cell.isFinite, largest > 0 else { return 0 }
        let value = max(-1, min(1, cell / largest)) * 127
        return UInt8(bitPattern: Int8(value.rounded()))
      })
  }
}
