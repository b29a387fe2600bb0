import Events
import Foundation
import Learning
import Service
import Testing

@Suite struct ConfigurationTests {
  @Test func printedDefaultsAreReadBackAsTheDefaults() throws {
    let defaults = EngineConfiguration()
    #expect(try EngineConfiguration.parse(defaults.yaml()) == defaults)
  }

  @Test func everyFieldIsPrintedWithItsMeaning() throws {
    let lines = try EngineConfiguration().yaml().split(separator: "\n").map(String.init)
    for line in lines {
      let parts = line.components(separatedBy: "  # ")
      #expect(parts.count == 2 && !parts[1].isEmpty, "no meaning: \(line)")
    }
    #expect(try Self.names(printed: lines) == Self.names(encoded: EngineConfiguration()))
  }

  @Test func whatDiffersFromTheDefaultsIsReadBackToo() throws {
    var changed = EngineConfiguration()
    changed.endpoints.events = ["@tcp://127.0.0.1:7000", ">ipc:///tmp/quoted \"x\\y\"/e.ipc"]
    changed.sensor.width = 128
    changed.transforms = try ["crop=64,0,32x32", "denoise=5000", "flip_lr"].map(EventTransform.init)
    changed.learner.seed = .max
    changed.learner.hidden.threshold = 0.1 + 0.2
    changed.learner.optimiser.method = .sgd
    changed.learner.optimiser.update = .step
    changed.learner.optimiser.learningRate = 3e-5
    changed.learner.optimiser.epsilon = 1e-12
    changed.learner.regulariser.tau = 1e9
    changed.learner.stream.resetAtTrial = false
    changed.learning.enabled = false
    changed.learning.load = ""
    changed.predictions.every = 0
    changed.limits.queueBytes = 1 << 40
    #expect(try EngineConfiguration.parse(changed.yaml()) == changed)
  }

  @Test(arguments: ["null", "true", "1e5", "0x10", "1_000", "12", "-", "...", "~x", "0.5", "no"])
  func aNameThatLooksLikeAnotherTypeStaysAName(_ name: String) throws {
    var changed = EngineConfiguration()
    changed.model = name == "~x" ? "x" : name
    changed.learning.load = name
    #expect(try EngineConfiguration.parse(changed.yaml()) == changed)
  }

  @Test(arguments: [
    "runs/a #1.safetensors", "a: b", "'quoted'", "\"double\"", "back\\slash", "- dash", "[list]",
    "{map}", "&anchor", "*alias", "!tag", "% percent", "@at", "`tick`", " space ", "é, 🙂", "a,b",
    "tab\there", "two\nlines", "?", "key:", "ends with #", "true", "1e400",
  ])
  func aPathIsReadBackWhateverIsInIt(_ path: String) throws {
    var changed = EngineConfiguration()
    changed.learning.load = path
    changed.learning.save = path
    #expect(try EngineConfiguration.parse(changed.yaml()) == changed)
  }

  @Test(arguments: [
    "", "\n", "# only a comment\n", "---\n", "{}\n", "sensor:\n",
    "sensor:\n  # width: 3\nlimits: ~\n",
  ])
  func anEmptyFileMeansTheDefaults(_ yaml: String) throws {
    #expect(try EngineConfiguration.parse(yaml) == EngineConfiguration())
  }

  @Test func transformsDecideWhatTheNetworkSees() throws {
    let yaml = "sensor: {width: 64, height: 48}\ntransforms: [downsample=4, \"crop=2,3,4x5\"]\n"
    let configuration = try EngineConfiguration.parse(yaml)
    #expect(configuration.transforms.map(\.description) == ["downsample=4", "crop=2,3,4x5"])
    let chain = try configuration.transformChain()
    #expect(chain.input == SensorGeometry(width: 64, height: 48))
    #expect(chain.output == SensorGeometry(width: 4, height: 5))
    #expect(try configuration.yaml().contains("transforms: [\"downsample=4\", \"crop=2,3,4x5\"]"))
  }

  @Test func aFileSaysOnlyWhatDiffers() throws {
    var expected = EngineConfiguration()
    expected.learner.hidden.neurons = 7
    expected.limits.sources = 2
    let yaml = "limits: {sources: 2}\nlearner:\n  hidden:\n    neurons: 7\n"
    #expect(try EngineConfiguration.parse(yaml) == expected)
  }

  @Test(arguments: [
    ("modle: x\n", "modle", 1),
    ("model: x\nsensor:\n  width: 3\n  hight: 4\n", "sensor.hight", 4),
    ("learner:\n  hidden:\n    neuron: 3\n", "learner.hidden.neuron", 3),
    ("# first\n\nlearner: {optimiser: {learning-rate: 1}}\n", "learner.optimiser.learning-rate", 3),
  ])
  func anUnknownNameIsRefusedWithItsLine(_ yaml: String, _ name: String, _ line: Int) throws {
    let text = try refusal(of: yaml)
    #expect(text.contains("there is no \(name) (line \(line));"), "\(text)")
    #expect(text.contains("known here: "), "\(text)")
  }

  @Test(arguments: [
    ("sensor: {width: wide}\n", "sensor.width"), ("sensor: {width: 34.5}\n", "sensor.width"),
    ("sensor: 3\n", "sensor takes names and values (line 1)"),
    ("model: {a: 1}\n", "model takes a value (line 1)"),
    ("learner: {seed: -1}\n", "learner.seed"),
    ("learner:\n  surrogate: {function: step}\n", "learner.surrogate.function"),
    ("learning: {enabled: 3}\n", "learning.enabled"),
    ("endpoints: {events: tcp://127.0.0.1:1}\n", "endpoints.events"),
    ("endpoints: {events: {a: 1}}\n", "endpoints.events takes a value"),
    ("sensor: {width: [1]}\n", "sensor.width"), ("- 1\n", "the configuration takes names"),
    ("transforms: flip_lr\n", "transforms"), ("transforms: {flip_lr: 1}\n", "transforms"),
    ("transforms: [flip]\n", "there is no transform \"flip\"; known are crop, "),
    ("transforms: [flip_lr, denoise=0]\n", "filter_time is \"0\""),
    ("transforms: [crop=1,2,3x4]\n", "commas need quotes"),
    ("just text\n", "the configuration takes names"), ("a: [1\n", "not YAML"),
    ("sensor: {width: 1, width: 2}\n", "width"),
  ])
  func aValueOfAnotherTypeIsRefusedByName(_ yaml: String, _ mention: String) throws {
    let text = try refusal(of: yaml)
    #expect(text.contains(mention), "\(text)")
  }

  @Test(arguments: [
    ("model: a/b\n", ["model", "a/b", "1 to 64"]),
    ("endpoints: {output: []}\n", ["endpoints.output", "empty"]),
    ("sensor: {width: 0}\n", ["sensor", "0x34", "1 to 65536"]),
    ("sensor: {width: 65536, height: 65536}\n", ["sensor", "65536x65536", "2^28"]),
    ("transforms: [downsample=2, center_crop=18x2]\n", ["transforms", "17x17", "18x2"]),
    (
      "sensor: {width: 8192, height: 8192}\ntransforms: [denoise=9]\n",
      ["transforms", "8192x8192", "2^24"]
    ),
    (
      "sensor: {width: 4096, height: 4096}\ntransforms: [downsample=2]\n",
      ["4096x4096", "transformed to 2048x2048", "2^28"]
    ),
    ("learner: {classes: 1}\n", ["learner.classes", "1", "2 to 65536"]),
    ("learner: {step_us: 0}\n", ["learner.step_us", "0", "1 to 1000000"]),
    ("learner: {hidden: {threshold: .nan}}\n", ["learner.hidden.threshold", "nan"]),
    ("learner: {hidden: {tau_m_ms: .inf}}\n", ["learner.hidden.tau_m_ms", "inf"]),
    ("learner: {optimiser: {update: step}}\n", ["learner.optimiser", "adam"]),
    ("learner: {initialisation: {readout_gain: 0}}\n", ["readout_gain", "symmetric"]),
    ("predictions: {every_ms: -1}\n", ["predictions.every_ms", "-1", "0 to 3600000"]),
    ("weights: {every_trials: -1}\n", ["weights.every_trials", "-1", "0 to 1000000"]),
    ("status: {every_ms: 9}\n", ["status.every_ms", "9", "10 to 3600000"]),
    ("limits: {message_bytes: 1023}\n", ["limits.message_bytes", "1023", "1024 to 1073741824"]),
    ("limits: {message_span_s: 0}\n", ["limits.message_span_s", "0", "1 to 86400"]),
    ("limits: {queue: 0}\n", ["limits.queue", "0", "1 to 1000000"]),
    ("limits: {queue_bytes: 1}\n", ["limits.queue_bytes", "1", "1024 to 1099511627776"]),
    ("limits: {output_queue: 0}\n", ["limits.output_queue", "0", "1 to 1000000"]),
    ("limits: {sources: 1025}\n", ["limits.sources", "1025", "1 to 1024"]),
  ])
  func aValueOutOfRangeIsRefusedWithValueAndLimit(_ yaml: String, _ mentions: [String]) throws {
    let text = try refusal(of: yaml)
    for mention in mentions { #expect(text.contains(mention), "\(text)") }
  }

  @Test func anErrorInAFileNamesTheFile() throws {
    let folder = try Folder()
    let path = folder.path + "/engine.yaml"
    #expect(throws: ConfigurationError.self) { try EngineConfiguration.load(path: path) }
    try Data("modle: x\n".utf8).write(to: URL(fileURLWithPath: path))
    do {
      _ = try EngineConfiguration.load(path: path)
      Issue.record("an unknown name was taken")
    } catch {
      #expect("\(error)".hasPrefix("\(path): there is no modle"), "\(error)")
    }
    try Data("model: x\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try EngineConfiguration.load(path: path).model == "x")
  }

  @Test func anEngineRefusesAConfigurationThatWasNotRead() throws {
    #expect(throws: ConfigurationError.self) {
      _ = try RunningEngine { $0.limits.sources = 0 }
    }
  }

  // MARK: - Helpers

  private func refusal(of yaml: String) throws -> String {
    do {
      let read = try EngineConfiguration.parse(yaml)
      throw Stuck(description: "taken without a word: \(read)")
    } catch let error as ConfigurationError {
      return error.description
    }
  }

  /// Full names of the values in a printed configuration.
  private static func names(printed lines: [String]) throws -> Set<String> {
    var path: [String] = []
    var names: Set<String> = []
    for line in lines {
      let depth = line.prefix { $0 == " " }.count / 2
      let name = line.trimmingCharacters(in: .whitespaces).prefix { $0 != ":" }
      path = path.prefix(depth) + [String(name)]
      let rest = line.components(separatedBy: "  # ")[0]
      if !rest.hasSuffix(":") { names.insert(path.joined(separator: ".")) }
    }
    return names
  }

  /// Full names of the values in an encoded configuration.
  private static func names(encoded configuration: EngineConfiguration) throws -> Set<String> {
    func leaves(_ value: Any, _ path: [String]) -> [String] {
      guard let section = value as? [String: Any] else { return [path.joined(separator: ".")] }
      return section.flatMap { leaves($0.value, path + [$0.key]) }
    }
    let data = try JSONEncoder().encode(configuration)
    return Set(leaves(try JSONSerialization.jsonObject(with: data), []))
  }
}
