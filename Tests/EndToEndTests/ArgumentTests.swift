import Foundation
import Learning
import Service
import Testing

/// What the programs make of their arguments.
@Suite(.timeLimit(.minutes(10))) struct ArgumentTests {
  @Test(arguments: Program.all)
  func helpHasExamples(_ name: String) throws {
    let end = try Program.run(name, "--help")
    #expect(end.status == 0, "\(end)")
    #expect(end.output.contains("EXAMPLES"), "\(end)")
    #expect(end.output.contains("  \(name) "), "no example begins with the program's name")
    #expect(end.errors.isEmpty)
  }

  @Test(arguments: Program.all)
  func anOptionThatDoesNotExistIsAnError(_ name: String) throws {
    // Replay needs a path before it looks at anything else.
    let paths = name == "afferent-replay" ? ["."] : []
    let end = try Program(name, paths + ["--no-such-option"]).end()
    #expect(end.status == 64, "\(end)")
    #expect(end.errors.contains("--no-such-option"), "\(end)")
    #expect(end.output.isEmpty)
  }

  @Test(arguments: [
    ("afferent", ["--seed", "-1"], "--seed"), ("afferent", ["--at", "tcp://host"], "--at"),
    ("afferent", ["extra"], "extra"), ("afferent-watch", ["--trials", "many"], "--trials"),
    ("afferent-watch", ["--at", ""], "--at"), ("afferent-replay", [], "paths"),
    ("afferent-replay", [".", "--passes", "0"], "--passes"),
    ("afferent-replay", [".", "--speed", "0"], "--speed"),
    ("afferent-replay", [".", "--speed", "inf"], "--speed"),
    ("afferent-replay", [".", "--speed", "1e-300"], "--speed"),
    ("afferent-replay", [".", "--geometry", "34"], "--geometry"),
    ("afferent-replay", [".", "--geometry", "0x34"], "--geometry"),
    ("afferent-replay", [".", "--geometry", "65536x34"], "--header"),
    ("afferent-replay", [".", "--geometry", "34x65536"], "--header"),
    ("afferent-replay", [".", "--encoding", "t32"], "--encoding"),
    ("afferent-replay", [".", "--transform", "crop=1,2"], "size is missing"),
    (
      "afferent-replay", [".", "--geometry", "34x34", "--transform", "center_crop=35x1"],
      "sensor of 34x34"
    ),
    ("afferent-replay", [".", "--header", "xml"], "--header"),
    ("afferent-replay", [".", "--events-per-message", "0"], "--events-per-message"),
    ("afferent-replay", [".", "--pause-ms", "-1"], "--pause-ms"),
    ("afferent-replay", [".", "--source", "a/b"], "--source"),
    ("afferent-replay", [".", "--wait", "0"], "--wait"),
    ("afferent-replay", [".", "--wait", "nan"], "--wait"),
    ("afferent-replay", [".", "--wait", "inf"], "--wait"),
    ("afferent-replay", [".", "--wait", "1e300"], "--wait"),
    ("afferent-lab", ["run"], "--train"),
    ("afferent-lab", ["run", "--train", ".", "--passes", "-1"], "--passes"),
  ])
  func anArgumentThatCannotBeUsedIsNamed(
    _ tool: String, _ arguments: [String], _ mention: String
  ) throws {
    let end = try Program(tool, arguments).end()
    #expect(end.status == 64 && !end.isKilled, "\(end)")
    #expect(end.errors.contains(mention), "\(end)")
  }

  @Test func thePrintedConfigurationIsOneThatIsRead() throws {
    let folder = try Folder()
    let printed = try Program.run("afferent", "--print-config")
    #expect(printed.status == 0, "\(printed)")
    #expect(try EngineConfiguration.parse(printed.output) == EngineConfiguration())
    let path = try folder.write("engine.yaml", Data(printed.output.utf8))
    let again = try Program.run("afferent", "--config", path, "--print-config")
    #expect(again.status == 0, "\(again)")
    #expect(again.output == printed.output)
  }

  @Test func argumentsGoBeforeTheFile() throws {
    let folder = try Folder()
    let yaml = "learner: {seed: 5, hidden: {neurons: 31}}\nlearning: {save: a.safetensors}\n"
    let path = try folder.write("engine.yaml", Data(yaml.utf8))
    let printed = try Program.run(
      "afferent", "--config", path, "--seed", "9", "--at", "run", "--no-learning", "--load",
      "odd: name.safetensors", "--save", "", "--print-config")
    let read = try EngineConfiguration.parse(printed.output)
    #expect(read.learner.hidden.neurons == 31 && read.learner.seed == 9)
    #expect(read.learning.load == "odd: name.safetensors" && read.learning.save.isEmpty)
    #expect(!read.learning.enabled)
    #expect(read.endpoints.events == ["ipc://run/events.ipc"])
    #expect(read.endpoints.requests == ["ipc://run/requests.ipc"])
  }

  @Test func aMistakeInTheFileIsToldWithItsLine() throws {
    let folder = try Folder()
    let path = try folder.write("engine.yaml", Data("model: x\nsensor:\n  widht: 3\n".utf8))
    let end = try Program.run("afferent", "--config", path)
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.hasPrefix("afferent: \(path): there is no sensor.widht (line 3)"), "\(end)")
  }
}
