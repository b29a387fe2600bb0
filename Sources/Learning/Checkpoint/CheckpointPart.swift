/// What somebody adds to a checkpoint besides the model: where a stream stands, what a source's clock was, trials that are
/// kept. The model does not need it; whoever wrote it reads it.
public struct CheckpointPart: Equatable, Sendable {
  /// Lists of numbers; their names need to differ within the part only.
  public var tensors: [Safetensors.Tensor]
  /// Everything else, as JSON.
  public var text: String

  public init(tensors: [Safetensors.Tensor] = [], text: String) {
    self.tensors = tensors
    self.text = text
  }

  /// The tensor of that name.
  public subscript(name: String) -> Safetensors.Tensor? { tensors.first { $0.name == name } }
}
