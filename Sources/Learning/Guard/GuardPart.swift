import Foundation

/// The guard in checkpoints.
extension Network where Scalar == Float {
  private struct GuardPosition: Codable {
    var rateFactor: UInt64
    var counts: [String: Int]
    var sinceLook: Int
    var goodLooks: Int
    var refusals: Int
    var gradients: CollapseGuard<Float>.RecentGradients
    var copyUpdates: Int
    var copyNorm: UInt64
    var copyGradients: CollapseGuard<Float>.RecentGradients
  }

  /// Takes down what the guard knows, with its last good copy; nothing without a guard.
  ///
  /// - Throws: the error of the encoder.
  public func guardPart() throws -> CheckpointPart? {
    guard let collapseGuard else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let counts = collapseGuard.counts.map { ($0.key.rawValue, $0.value) }
    let copy = collapseGuard.copy
    let text = try encoder.encode(
      GuardPosition(
        rateFactor: collapseGuard.rateFactor.bitPattern,
        counts: Dictionary(counts) { first, _ in first }, sinceLook: collapseGuard.sinceLook,
        goodLooks: collapseGuard.goodLooks, refusals: collapseGuard.refusals,
        gradients: collapseGuard.gradients, copyUpdates: copy.updates,
        copyNorm: copy.norm.bitPattern, copyGradients: copy.gradients))
    let tensors = zip(persistentTensors, copy.tensors).map { tensor, contents in
      Safetensors.Tensor(
        name: tensor.name, shape: [tensor.matrix.rows, tensor.matrix.columns], floats: contents)
    }
    return CheckpointPart(tensors: tensors, text: String(decoding: text, as: UTF8.self))
  }

  /// Goes on from what ``guardPart()`` gave; without a guard it is passed over.
  ///
  /// - Throws: ``ConfigurationError`` for what is missing or does not fit the configuration; nothing has changed then.
  public func restoreGuard(_ part: CheckpointPart) throws(ConfigurationError) {
    guard let collapseGuard else { return }
    let position: GuardPosition
    do {
      position = try JSONDecoder().decode(GuardPosition.self, from: Data(part.text.utf8))
    } catch {
      throw ConfigurationError("the guard's state cannot be read: \(error)")
    }
    var tensors: [[Float]] = []
    for (name, matrix) in persistentTensors {
      // What another optimiser did not leave is as it is.
      let kept = part[name]?.floats ?? (isNeeded(name) ? nil : matrix.contents)
      guard let found = kept, found.count == matrix.rows * matrix.columns else {
        throw ConfigurationError("the guard's copy of \(name) is missing or does not fit")
      }
      tensors.append(found)
    }
    let factor = Double(bitPattern: position.rateFactor)
    let norm = Double(bitPattern: position.copyNorm)
    let counts = [
      position.sinceLook, position.goodLooks, position.refusals, position.copyUpdates,
      position.gradients.count, position.copyGradients.count,
    ]
    guard factor > 0, factor <= 1, norm.isFinite, norm >= 0, position.gradients.largest.isFinite,
      position.copyGradients.largest.isFinite,
      (counts + position.counts.values).allSatisfy({ (0...(1 << 60)).contains($0) })
    else { throw ConfigurationError("the guard's state has impossible numbers") }
    collapseGuard.rateFactor = factor
    collapseGuard.counts = [:]
    for (name, count) in position.counts {
      if let reason = GuardIncident.Reason(rawValue: name) { collapseGuard.counts[reason] = count }
    }
    collapseGuard.sinceLook = position.sinceLook
    collapseGuard.goodLooks = position.goodLooks
    collapseGuard.refusals = position.refusals
    collapseGuard.gradients = position.gradients
    collapseGuard.copy = .init(
      tensors: tensors, updates: position.copyUpdates, norm: norm,
      gradients: position.copyGradients)
    resume(learnedTrials: learnedTrials)
  }
}
