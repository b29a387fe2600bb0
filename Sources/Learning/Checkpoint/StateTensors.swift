/// What a stream leaves in a network, as named numbers.
extension NetworkState {
  private var named: [(name: String, layer: LayerState<Scalar>)] {
    layers.enumerated().map { ($0 == 0 ? "hidden" : "hidden\($0 + 1)", $1) } + [("readout", output)]
  }

  private static func parts(
    _ layer: LayerState<Scalar>
  ) -> [(name: String, eligibility: Eligibility<Scalar>)] {
    var parts = [("input", layer.input)]
    if let recurrent = layer.recurrent { parts.append(("recurrent", recurrent)) }
    if let bias = layer.bias { parts.append(("bias", bias)) }
    return parts
  }

  private var eligibilities: [Eligibility<Scalar>] { allLayers.flatMap(\.eligibilities) }

  /// Everything that is a number of the network's own kind.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    var matrices: [(String, RowMatrix<Scalar>)] = []
    func add(_ prefix: String, _ neurons: Neurons<Scalar>) {
      matrices.append((prefix + ".membrane", neurons.membrane.matrix))
      matrices.append((prefix + ".current", neurons.current.matrix))
      matrices.append((prefix + ".adaptation", neurons.adaptation.matrix))
    }
    for (name, layer) in named {
      add(name, layer.neurons)
      if let local = layer.localReadout { add(name + ".local", local) }
      matrices.append((name + ".earlier_signal", layer.earlierSignal.matrix))
      for (part, eligibility) in Self.parts(layer) {
        let prefix = "\(name).\(part)"
        matrices.append((prefix + ".gradient", eligibility.gradient.sums))
        matrices += eligibility.matrices.map { ("\(prefix).\($0.name)", $0.matrix) }
      }
      matrices += layer.sums?.matrices.map { ("\(name).sums.\($0.name)", $0.matrix) } ?? []
    }
    if let filter { matrices += filter.matrices.map { ("filter.\($0.name)", $0.matrix) } }
    if let wanted = loss.train?.filter {
      matrices += wanted.matrices.map { ("target.\($0.name)", $0.matrix) }
    }
    matrices.append(("loss.known", loss.known.matrix))
    return matrices
  }

  /// Everything that is a list of whole numbers.
  var lists: [(name: String, values: [Int32])] {
    var lists: [(String, [Int32])] = []
    for (name, layer) in named {
      let neurons = layer.neurons
      lists.append((name + ".spikes", neurons.spikes))
      lists.append((name + ".earlier_spikes", Array(neurons.earlier.members)))
      lists.append((name + ".spike_counts", neurons.spikeCounts.contents))
      lists.append((name + ".rest", neurons.rest.contents))
      for (part, eligibility) in Self.parts(layer) {
        let prefix = "\(name).\(part)"
        lists.append((prefix + ".live", eligibility.live))
        lists.append((prefix + ".as_of", eligibility.asOf))
        lists.append((prefix + ".touched", eligibility.gradient.rows))
        lists.append((prefix + ".form", [eligibility.code]))
      }
      if let sums = layer.sums {
        lists.append((name + ".sums.position", [Int32(sums.position)]))
        lists.append((name + ".sums.open_from", sums.openFrom.contents))
      }
    }
    lists.append(("loss.first", loss.first.step))
    lists.append(("steps", [Int32(clamping: loss.step), Int32(clamping: pendingSteps)]))
    lists.append(("has_traces", [hasTraces ? 1 : 0]))
    lists.append(("order", [Int32(clamping: order)]))
    return lists
  }

  /// Takes over what ``matrices`` and ``lists`` gave.
  ///
  /// - Throws: ``ConfigurationError`` for what is missing or does not fit; nothing has changed then.
  func restore(from tensor: (String) -> Safetensors.Tensor?) throws(ConfigurationError) {
    let (wanted, spare) = (lists, matrices)
    var found: [String: [Int32]] = [:]
    for (name, present) in wanted {
      guard let values = tensor(name)?.integers else {
        throw ConfigurationError("the checkpoint has no list \(name)")
      }
      guard Self.fits(values, name: name, present: present.count, rows: rows(of: name)) else {
        throw ConfigurationError("the checkpoint's \(name) does not fit the configuration")
      }
      found[name] = values
    }
    for (name, layer) in named {
      for (part, eligibility) in Self.parts(layer)
      where found["\(name).\(part).form"] != [eligibility.code] {
        throw ConfigurationError(
          "the checkpoint's \(name).\(part) was learned with another optimiser.update or compute.eligibility"
        )
      }
    }
    try RowMatrix.restore(spare, from: tensor)
    order = Int(found["order"]?.first ?? 0)
    for (name, layer) in named {
      let neurons = layer.neurons
      neurons.restore(
        spikes: found[name + ".spikes"] ?? [], earlier: found[name + ".earlier_spikes"] ?? [])
      neurons.spikeCounts.contents =
        found[name + ".spike_counts"] ?? neurons.spikeCounts.contents
      neurons.rest.contents = found[name + ".rest"] ?? neurons.rest.contents
      layer.sums?.restore(
        position: Int(found[name + ".sums.position"]?.first ?? 0),
        openFrom: found[name + ".sums.open_from"] ?? [])
      for (part, eligibility) in Self.parts(layer) {
        let prefix = "\(name).\(part)"
        eligibility.restore(
          live: found[prefix + ".live"] ?? [], asOf: found[prefix + ".as_of"] ?? [])
        eligibility.gradient.retouch(found[prefix + ".touched"] ?? [])
      }
    }
    loss.first.step = found["loss.first"] ?? loss.first.step
    loss.step = Int(found["steps"]?.first ?? 0)
    pendingSteps = Int(found["steps"]?.last ?? 0)
    hasTraces = found["has_traces"] == [1] || eligibilities.contains { !$0.live.isEmpty }
  }

  /// The number of things that the members of list `name` are numbers of; nothing where they are no such numbers.
  private func rows(of name: String) -> Int? {
    for (prefix, layer) in named {
      if name == prefix + ".spikes" || name == prefix + ".earlier_spikes" {
        return layer.neurons.spikeCounts.count
      }
      for (part, eligibility) in Self.parts(layer)
      where name == "\(prefix).\(part).live" || name == "\(prefix).\(part).touched" {
        return eligibility.gradient.sums.rows
      }
    }
    return nil
  }

  private static func fits(_ values: [Int32], name: String, present: Int, rows: Int?) -> Bool {
    guard let rows else {
      return values.count == present && values.allSatisfy { $0 >= (name == "loss.first" ? -1 : 0) }
    }
    return values.allSatisfy { $0 >= 0 && Int($0) < rows } && Set(values).count == values.count
  }
}

extension OutputFilter {
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    [("output", output.matrix), ("current", current.matrix)]
  }
}
