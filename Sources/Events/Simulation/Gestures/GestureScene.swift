/// A person in front of the sensor, following a script.
///
/// Head, trunk and arms are straight strokes with round ends; an arm bends at the elbow, which hangs
/// down and outwards by as much as the arm is longer than the way from the shoulder to the hand.
struct GestureScene {
  let geometry: SensorGeometry
  let person: GesturePerson
  let script: GestureScript
  private let background: [Float]
  /// Sensor pixels for one of a sensor of 128x128.
  private let magnification: Double

  init(geometry: SensorGeometry, person: GesturePerson, script: GestureScript) {
    self.geometry = geometry
    self.person = person
    self.script = script
    magnification = Double(min(geometry.width, geometry.height)) / 128
    var row: [Float] = []
    for x in 0..<geometry.width {
      let column = Double(x) / magnification
      let wall = person.walls.last { $0.begin <= column }
      row.append(Float(wall?.luminance ?? 1))
    }
    background = (0..<geometry.height).flatMap { _ in row }
  }

  /// Writes the luminance that each pixel sees at `time` (µs from the start), row by row.
  func render(at time: Int64, into frame: inout [Float]) {
    frame = background
    let seconds = Double(time) * 1e-6
    var hands = script.hands(at: time)
    hands.right += person.trembling.right.place(at: seconds) * person.tremor
    hands.left += person.trembling.left.place(at: seconds) * person.tremor
    let sway = person.swaying.place(at: seconds) * person.sway
    let body = { (place: SIMD2<Double>) in pixels(place + sway) }
    frame.withUnsafeMutableBufferPointer { frame in
      var picture = StrokePicture(
        pixels: frame, width: geometry.width, height: geometry.height,
        unit: person.size * magnification)
      picture.draw(body([0, 0.9]), body([0, 2.2]), radius: 0.8, luminance: person.shirt)
      picture.draw(body([-0.8, 0.1]), body([0.8, 0.1]), radius: 0.28, luminance: person.shirt)
      picture.draw(body([0, -0.85]), body([0, -0.75]), radius: 0.42, luminance: person.skin)
      for (side, hand) in [(-1.0, hands.right), (1.0, hands.left)] {
        drawArm(side, to: hand, sway: sway, in: &picture)
      }
    }
  }

  /// - Parameter side: Which way is outwards.
  private func drawArm(
    _ side: Double, to wanted: SIMD2<Double>, sway: SIMD2<Double>, in picture: inout StrokePicture
  ) {
    let shoulder: SIMD2<Double> = [1, 0]
    var reach = wanted - shoulder
    var length = (reach * reach).sum().squareRoot()
    if length > 2 * person.limb {
      reach *= 2 * person.limb / length
      length = 2 * person.limb
    }
    let slack = max(0, person.limb * person.limb - length * length / 4).squareRoot()
    let elbow = shoulder + reach / 2 + [0.4, 0.9] * (person.bend * slack)
    let place = { (own: SIMD2<Double>) in pixels([side * own.x, own.y] + sway) }
    let (from, middle, to) = (place(shoulder), place(elbow), place(shoulder + reach))
    let radius = person.armRadius
    picture.draw(from, middle, radius: radius, luminance: person.shirt)
    picture.draw(middle, to, radius: radius * 0.8, luminance: person.forearm)
    picture.draw(to, to, radius: person.handRadius, luminance: person.skin)
  }

  /// From half shoulder widths, to the right and down in the picture, to sensor pixels.
  private func pixels(_ place: SIMD2<Double>) -> SIMD2<Double> {
    let scaled = place * person.size
    let leaning: SIMD2<Double> = [scaled.x + person.lean * scaled.y, scaled.y]
    return (person.middle + leaning) * magnification
  }
}
