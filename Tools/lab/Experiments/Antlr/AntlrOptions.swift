import ArgumentParser

/// What both experiments can be asked besides; what is not said is as usual.
struct AntlrOptions: ParsableArguments {
  @Option(help: "Passes over the training data.")
  var epochs: Int?
  @Option(help: "Samples between updates of the weights.")
  var batch: Int?
  @Option(help: "Learn from so many samples only, drawn from all.")
  var training: Int?
  @Option(help: "Test on so many samples only, drawn from all.")
  var testing: Int?
  @Option(help: "Test on so many of the training samples, and do not learn from them.")
  var heldOut: Int?
  @Option(
    parsing: .upToNextOption,
    help: "Methods to run: activation, timing, hybrid; all, if none is said.")
  var only: [String] = []
  @Option(help: "Hidden neurons.")
  var hidden: Int?
  @Option(help: "Time constant of membranes and currents in milliseconds.")
  var tau: Double?
  @Option(help: "Learning rate of Adam; it falls linearly.")
  var rate: Double?
  @Option(help: "Deviation of the first layer's initial weights, times the root of the inputs.")
  var inputGain: Double?
  @Option(help: "The same of the second layer's.")
  var readoutGain: Double?
  @Option(help: "Penalty that draws up the weights of silent neurons, for the timing method.")
  var noSpikeWeight: Double?
  @Option(help: "What pushes a silent target in each step, for the hybrid method.")
  var noSpikeTarget: Double?

  @Option(help: "Temperature of the latency loss in steps.")
  var temperature: Double?
  @Flag(inversion: .prefixedNo, help: "Whether neurons learn biases, from 0.")
  var biases = true

  func validate() throws {
    for (name, value) in [
      ("epochs", epochs), ("batch", batch), ("training", training), ("testing", testing),
      ("held-out", heldOut), ("hidden", hidden),
    ] where !(1...1_000_000).contains(value ?? 1) {
      throw ValidationError("--\(name) must be positive, and not above 1000000")
    }
    for name in only where AntlrMethod(rawValue: name) == nil {
      throw ValidationError("--only \(name): the methods are activation, timing and hybrid")
    }
  }

  var methods: [AntlrMethod] {
    AntlrMethod.allCases.filter { only.isEmpty || only.contains($0.rawValue) }
  }

  func apply(to settings: inout AntlrSettings) {
    settings.epochs = epochs ?? settings.epochs
    settings.batch = batch ?? settings.batch
    settings.hidden = hidden ?? settings.hidden
    settings.tau = tau ?? settings.tau
    settings.rate = rate ?? settings.rate
    settings.inputGain = inputGain ?? settings.inputGain
    settings.readoutGain = readoutGain ?? settings.readoutGain
    settings.noSpikeWeight = noSpikeWeight ?? settings.noSpikeWeight
    settings.noSpikeTarget = noSpikeTarget ?? settings.noSpikeTarget
    settings.temperature = temperature ?? settings.temperature
    settings.biases = biases
  }

  func apply(to data: AntlrData) throws -> AntlrData {
    try holdOut(of: data.limited(training, testing))
  }

  /// What is left for learning and testing, if some of those to learn from are held out.
  func holdOut(of data: AntlrData) throws -> AntlrData {
    try heldOut.map { try data.holdingOut($0) } ?? data
  }

  var flags: [String] { biases ? [] : ["--no-biases"] }

  /// What was said, for the command in the report.
  var said: [(option: String, values: [String])] {
    func word(_ name: String, _ value: (some Any)?) -> (option: String, values: [String]) {
      ("--" + name, value.map { ["\($0)"] } ?? [])
    }
    return [
      word("epochs", epochs), word("batch", batch), word("training", training),
      word("testing", testing), word("held-out", heldOut), word("hidden", hidden),
      word("tau", tau), word("rate", rate), word("input-gain", inputGain),
      word("readout-gain", readoutGain), word("no-spike-weight", noSpikeWeight),
      word("no-spike-target", noSpikeTarget),
      word("temperature", temperature),
      ("--only", only),
    ]
  }
}
