import Events
import Foundation

/// Inputs to begin with: what the project's own encoders write, and the heads of real files where there are any.
public enum Seeds {
  /// Longest head of a real file, in bytes.
  private static let headSize = 3000

  /// Files and messages of the project's own making, by a name.
  public static func made() -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    for geometry in [
      SensorGeometry(width: 128, height: 128), SensorGeometry(width: 240, height: 180),
    ] {
      for compression in RecordingLayout.Compression.allCases {
        let layout = RecordingLayout(geometry: geometry, compression: compression)
        for format in RecordingFormat.allCases {
          let name = "\(format.rawValue)-\(geometry)-\(compression.rawValue)"
          let file = try? format.codec.encode(events(geometry, count: 60), layout: layout)
          seeds[name] = file.flatMap { FuzzInput.input(for: format.rawValue, $0) }
        }
      }
    }
    for encoding in WireEncoding.allCases {
      for form in EventMessageWriter.HeaderForm.allCases {
        guard let frames = message(encoding, form) else { continue }
        seeds["message-\(encoding.rawValue)-\(form.rawValue)"] = FuzzInput.input(
          for: "message-afferent", FuzzInput.Target.joined(frames))
        seeds["payload-\(encoding.rawValue)"] = FuzzInput.input(
          for: "payload-\(encoding.rawValue)", frames[2])
        seeds["bare-\(encoding.rawValue)"] = FuzzInput.input(
          for: "message-bare:\(encoding.rawValue)", FuzzInput.Target.joined([frames[2]]))
        for target in FuzzInput.targets where target.name.contains("-udp") {
          seeds["\(target.name)-\(encoding.rawValue)"] = FuzzInput.input(
            for: target.name, FuzzInput.Target.joined([frames[2], frames[2]]))
        }
      }
    }
    for (index, text) in EventTransform.usages.enumerated() {
      seeds["transforms-\(index)"] = FuzzInput.input(for: "transforms", Array(text.utf8))
    }
    return seeds
  }

  /// The heads of the recordings in `folder`, each for the format that it is recognised as.
  public static func heads(in folder: String) -> [String: [UInt8]] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var seeds: [String: [UInt8]] = [:]
    for name in names {
      guard let file = FileHandle(forReadingAtPath: "\(folder)/\(name)"),
        let head = try? file.read(upToCount: headSize),
        let format = try? head.withUnsafeBytes({
          try RecordingFormat(of: RecordingHead(bytes: $0, fileSize: nil))
        })
      else { continue }
      seeds["head-\(name)"] = FuzzInput.input(for: format.rawValue, [UInt8](head))
    }
    return seeds
  }

  /// Bytes that a target once failed on: files called `<target>-<what happened>`, in every way of reading.
  public static func failures(in folder: String) -> [String: [UInt8]] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var seeds: [String: [UInt8]] = [:]
    for name in names {
      let target =
        FuzzInput.targets.map(\.name).filter { name.hasPrefix($0 + "-") }
        .max { $0.count < $1.count } ?? ""
      guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
      for how in UInt8(0)..<4 {
        seeds["\(name)-\(how)"] = FuzzInput.input(for: target, [UInt8](bytes), how: how)
      }
    }
    return seeds
  }

  static func events(_ geometry: SensorGeometry, count: Int) -> EventBatch {
    var random = SplitMix64(seed: 1)
    var time: Int64 = 0
    return EventBatch(
      (0..<count).map { _ in
        time += Int64(random.nextInteger(below: 300))
        return Event(
          t: time, x: UInt16(random.nextInteger(below: geometry.width)),
          y: UInt16(random.nextInteger(below: geometry.height)), on: random.next() & 1 == 1)
      })
  }

  private static func message(
    _ encoding: WireEncoding, _ form: EventMessageWriter.HeaderForm
  ) -> [[UInt8]]? {
    let geometry = SensorGeometry(width: 128, height: 128)
    var writer = EventMessageWriter(
      source: "a", geometry: geometry, encoding: encoding, headerForm: form)
    var batch = events(geometry, count: 40)
    if !encoding.keepsTimes { batch.mergeTimes(of: batch.indices) }
    return try? writer.events(
      batch, range: batch.indices, tBase: batch.t.min() ?? 0,
      labels: [StreamLabel(t: 0, label: 1)])
  }
}
