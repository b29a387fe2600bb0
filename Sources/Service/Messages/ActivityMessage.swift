/// What the events and the first hidden layer of a source did in an interval: the messages on `activity/<model>/`, of six frames.
///
/// | frame | holds |
/// | --- | --- |
/// | 0 | the topic |
/// | 1 | ``Header``, JSON |
/// | 2, 3 | ON and OFF spikes of each cell of the image, saturating: uint8, row by row from the top |
/// | 4 | the newest spikes of the first hidden layer: int32 step since `t_from`, int32 neuron, little-endian |
/// | 5 | spikes of each neuron of that layer, saturating: uint16, little-endian |
public struct ActivityMessage: Equatable, Sendable {
  public struct Header: Codable, Equatable, Sendable {
    public var v = 1
    public var model: String
    public var source: String
    /// Number of the message; each source counts for itself from 0 while somebody looks.
    public var sequence: UInt64
    /// Stream time in microseconds where the interval begins and ends.
    public var begin: Int64
    public var t: Int64
    /// Steps in the interval.
    public var steps: Int
    /// Events in them, an address once a step.
    public var events: Int
    /// Spikes of the first hidden layer in them.
    public var spikes: Int
    /// Cells of the image in a row, and rows.
    public var width: Int
    public var height: Int
    /// Pixels of the sensor along a side of a cell.
    public var scale: Int
    /// The sensor that the network sees.
    public var sensorWidth: Int
    public var sensorHeight: Int
    /// Neurons of the first hidden layer.
    public var neurons: Int
    /// Score of every class at the end of the interval.
    public var scores: [Float]

    private enum CodingKeys: String, CodingKey {
      case v, model, source, t, steps, events, spikes, width, height, scale, neurons, scores
      case sequence = "seq"
      case begin = "t_from"
      case sensorWidth = "sensor_width"
      case sensorHeight = "sensor_height"
    }
  }

  public var header: Header
  public var on: [UInt8]
  public var off: [UInt8]
  /// Bytes of pairs of int32.
  public var raster: [UInt8]
  /// Bytes of uint16.
  public var counts: [UInt8]

  init(header: Header, on: [UInt8], off: [UInt8], raster: [UInt8], counts: [UInt8]) {
    (self.header, self.on, self.off) = (header, on, off)
    (self.raster, self.counts) = (raster, counts)
  }

  /// Reads the frames behind the topic.
  ///
  /// - Throws: ``EngineAnswerError`` for frames that do not fit the header.
  public init(frames: [[UInt8]]) throws {
    guard frames.count == 5, let header = try? ServiceJSON.decode(Header.self, from: frames[0])
    else { throw EngineAnswerError("an activity message of \(frames.count) frames") }
    guard header.isPossible else {
      throw EngineAnswerError(
        "an activity message of \(header.steps) steps on a sensor of \(header.sensorWidth)x"
          + "\(header.sensorHeight) pixels at scale \(header.scale)")
    }
    let sides = 1...ActivityRecorder.largestSide
    guard sides.contains(header.width), sides.contains(header.height),
      frames[1].count == header.width * header.height, frames[2].count == frames[1].count,
      frames[3].count.isMultiple(of: 8), frames[3].count <= 8 * ActivityRecorder.mostSpikes,
      (1...65536).contains(header.neurons), frames[4].count == 2 * header.neurons
    else {
      throw EngineAnswerError(
        "an activity message whose frames of \(frames.dropFirst().map(\.count)) bytes do not fit "
          + "\(header.width)x\(header.height) cells and \(header.neurons) neurons")
    }
    self.init(
      header: header, on: frames[1], off: frames[2], raster: frames[3], counts: frames[4])
  }

  /// The frames behind the topic.
  public var frames: [[UInt8]] { [ServiceJSON.encode(header), on, off, raster, counts] }
}

extension ActivityMessage.Header {
  /// Whether an engine can have these sizes: what is computed of them does not overflow.
  fileprivate var isPossible: Bool {
    let sides = 1...65536
    let counts = 0...(1 << 53)
    return sides.contains(sensorWidth) && sides.contains(sensorHeight) && sides.contains(scale)
      && (0...Int(Int32.max)).contains(steps) && counts.contains(events)
      && counts.contains(spikes) && scores.count <= 65536
  }
}
