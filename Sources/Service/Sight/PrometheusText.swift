import Foundation

/// The status of an engine as metrics of Prometheus, text format 0.0.4.
public struct PrometheusText {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"
  /// What there is to say of an engine that does not answer.
  public static let down = up(0)

  /// Without the model, which nobody knows of an engine that is away: it stays one series.
  private static func up(_ value: Int) -> String {
    """
    # HELP afferent_up Whether the engine answers.
    # TYPE afferent_up gauge
    afferent_up \(value)

    """
  }

  private var lines: [String] = []
  private let model: String

  /// - Parameter json: what ``EngineClient/statusJSON(timeout:)`` gave.
  /// - Throws: ``EngineAnswerError`` for what is no status.
  public static func text(status json: [UInt8]) throws -> String {
    guard let status = try? ServiceJSON.decode(EngineStatus.self, from: json) else {
      throw EngineAnswerError("not a status")
    }
    return text(status)
  }

  /// The metrics of a status.
  public static func text(_ status: EngineStatus) -> String {
    up(1) + PrometheusText(status).lines.joined(separator: "\n") + "\n"
  }

  private init(_ status: EngineStatus) {
    model = status.model
    for metric in StatusMetrics.list(status) { add(metric) }
    addLatency(status.latency)
  }

  private mutating func add(_ metric: Metric) {
    // A metric without a value is left out, and so is what would only announce it.
    let samples = metric.samples.filter { $0.value.isFinite }
    guard !samples.isEmpty else { return }
    head("afferent_\(metric.name)", metric.help, metric.type)
    for sample in samples { line("afferent_\(metric.name)", sample.labels, sample.value) }
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    lines.append("# HELP \(name) \(help)")
    lines.append("# TYPE \(name) \(type)")
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
    let labels = ([("model", model)] + labels).map { "\($0)=\"\(Self.escaped($1))\"" }
    let isWhole = value == value.rounded() && abs(value) < 1e15
    let number = isWhole ? String(Int64(value)) : "\(value)"
    lines.append("\(name){\(labels.joined(separator: ","))} \(number)")
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      .replacingOccurrences(of: "\n", with: "\\n")
  }

  private mutating func addLatency(_ latency: EngineStatus.Latency) {
    let name = "afferent_prediction_latency_seconds"
    head(name, "From taking a message to handing its prediction out.", "histogram")
    for (bound, count) in zip(EngineStatus.Latency.bounds, latency.below) {
      line(name + "_bucket", [("le", "\(bound)")], Double(count))
    }
    line(name + "_bucket", [("le", "+Inf")], Double(latency.total.count))
    line(name + "_sum", [], latency.sum)
    line(name + "_count", [], Double(latency.total.count))
  }

  /// A metric without the prefix of its name.
  struct Metric {
    var name: String
    var help: String
    var type: String
    var samples: [(labels: [(String, String)], value: Double)]
  }
}
