/// What a person does in front of the sensor: the first eight gestures of DVS128 Gesture, by its numbers.
///
/// Amir et al. 2017, doi:10.1109/CVPR.2017.781. The person faces the sensor, so that the right hand
/// is on the left of the picture, and a circle that is clockwise for the person is
/// counter-clockwise in the picture; so it is in the recordings of that data set.
public enum Gesture: Int, CaseIterable, Hashable, Sendable {
  case handClapping = 1
  case rightHandWave
  case leftHandWave
  case rightArmClockwise
  case rightArmCounterClockwise
  case leftArmClockwise
  case leftArmCounterClockwise
  case armRoll

  /// The name of the class in DVS128 Gesture.
  public var name: String {
    switch self {
    case .handClapping: "hand_clapping"
    case .rightHandWave: "right_hand_wave"
    case .leftHandWave: "left_hand_wave"
    case .rightArmClockwise: "right_arm_clockwise"
    case .rightArmCounterClockwise: "right_arm_counter_clockwise"
    case .leftArmClockwise: "left_arm_clockwise"
    case .leftArmCounterClockwise: "left_arm_counter_clockwise"
    case .armRoll: "arm_roll"
    }
  }
}
