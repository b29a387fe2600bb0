import Events

/// The weights of a model as a reader of its messages holds them: a full snapshot, kept up to date by deltas.
///
/// A full message holds each connection's weights as `<name>`, F32, presynaptic x postsynaptic neurons. A delta holds
/// `<name>.rows`, I32, and `<name>.values`, F32: the *new* contents of the rows that changed; so a copy has the
/// engine's weights bit for bit, which differences could not promise.
public struct ModelWeights: Equatable, Sendable {
  private struct Matrix: Equatable, Sendable {
    var rows: Int
    var columns: Int
    var values: [Float]
  }

  private var matrices: [String: Matrix] = [:]

  /// Takes a full message over.
  ///
  /// - Throws: ``SafetensorsError``.
  public init(full message: Safetensors) throws(SafetensorsError) {
    for tensor in message.tensors {
      guard tensor.shape.count == 2, let values = tensor.floats else {
        throw SafetensorsError("\(tensor.name) of shape \(tensor.shape) is no matrix of weights")
      }
      matrices[tensor.name] = Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1], values: values)
    }
  }

  /// Brings the copy up to date with a delta; an unusable delta changes nothing.
  ///
  /// - Throws: ``SafetensorsError``.
  public mutating func apply(delta message: Safetensors) throws(SafetensorsError) {
    var updated = matrices
    for tensor in message.tensors where !tensor.name.hasSuffix(".rows") {
      let name = String(tensor.name.dropLast(".values".count))
      guard tensor.name.hasSuffix(".values"), message[name + ".rows"] != nil else {
        throw SafetensorsError("\(tensor.name) does not belong to a delta")
      }
    }
    for tensor in message.tensors where tensor.name.hasSuffix(".rows") {
      let name = String(tensor.name.dropLast(".rows".count))
      guard var matrix = updated[name], let rows = tensor.integers,
        let values = message[name + ".values"]?.floats
      else { throw SafetensorsError("a delta for \(name), which is not known or not whole") }
      let (count, overflow) = rows.count.multipliedReportingOverflow(by: matrix.columns)
      guard !overflow, values.count == count,
        rows.allSatisfy({ (0..<matrix.rows).contains(Int($0)) })
      else { throw SafetensorsError("the delta for \(name) does not fit its weights") }
      updated[name] = nil
      for (position, row) in rows.enumerated() {
        let target = Int(row) * matrix.columns
        matrix.values.replaceSubrange(
          target..<target + matrix.columns,
          with: values[position * matrix.columns..<(position + 1) * matrix.columns])
      }
      updated[name] = matrix
    }
    matrices = updated
  }

  /// The weights of a connection, row by row: one row for each presynaptic neuron or address, one column for each neuron.
  public func matrix(_ name: String) -> (rows: Int, columns: Int, values: [Float])? {
    matrices[name].map { ($0.rows, $0.columns, $0.values) }
  }

  /// SHA-256 over all weights: the connections in alphabetical order, F32 little-endian, row by row.
  public var digest: String {
    var hash = SHA256()
    for (_, matrix) in matrices.sorted(by: { $0.key < $1.key }) {
      matrix.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.finalize()
  }

  /// All weights as a full message.
  public func message(metadata: [String: String] = [:]) -> Safetensors {
    Safetensors(
      tensors: matrices.sorted { $0.key < $1.key }.map { name, matrix in
        .init(name: name, shape: [matrix.rows, matrix.columns], floats: matrix.values)
      }, metadata: metadata)
  }
}

extension Network<Float> {
  /// All weights as a full message.
  public func fullMessage() -> Safetensors {
    return Safetensors(
      tensors: connections.map { connection in
        .init(
          name: connection.name,
          shape: [connection.stored.rows, connection.stored.columns],
          floats: connection.weights.contents)
      })
  }

  /// The rows that changed since the last delta; calling it again gives an empty delta.
  public func deltaMessage() -> Safetensors {
    var tensors: [Safetensors.Tensor] = []
    for connection in connections {
      let rows = connection.takeChangedRows()
      guard !rows.isEmpty else { continue }
      var values: [Float] = []
      values.reserveCapacity(rows.count * connection.stored.columns)
      for row in rows { values.append(contentsOf: connection.copyOfRow(row)) }
      tensors.append(
        .init(name: connection.name + ".rows", shape: [rows.count], integers: rows))
      tensors.append(
        .init(
          name: connection.name + ".values", shape: [rows.count, connection.stored.columns],
          floats: values))
    }
    return Safetensors(tensors: tensors)
  }

  /// Whether weights changed since the last delta.
  public var hasChanges: Bool {
    connections.contains { $0.hasChanges }
  }

  /// What ``deltaMessage()`` would have told is not told.
  public func forgetChanges() {
    for connection in connections { _ = connection.takeChangedRows() }
  }

  /// ``ModelWeights/digest`` of the weights as they are now.
  public var weightsDigest: String {
    var hash = SHA256()
    for connection in connections.sorted(by: { $0.name < $1.name }) {
      connection.weights.contents.withUnsafeBytes { hash.update($0) }
    }
    return hash.finalize()
  }
}
