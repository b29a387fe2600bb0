import Events
import Foundation
import Testing

@Suite struct GestureRecordingTests {
  static func people(_ count: Int, seed: UInt64 = 3) throws -> [GestureRecordings.Recording] {
    let source = try GestureRecordings(seed: seed)
    return (0..<count).map { source.recording(index: $0) }
  }

  static let ten = Result { try people(10) }

  @Test func recordingsDoNotDependOnWhatWasMadeBefore() throws {
    let people = try Self.ten.get()
    let again = try GestureRecordings(seed: 3)
    #expect(again.recording(index: 2) == people[2])
    #expect(again.recording(index: 0) == people[0])
    #expect(try GestureRecordings(seed: 4).recording(index: 0).events != people[0].events)
  }

  @Test func everyGestureIsATrialOnceInAnOrderOfItsOwn() throws {
    let timing = GestureTiming()
    let people = try Self.ten.get()
    for person in people {
      #expect(Set(person.trials.map(\.gesture)) == Set(Gesture.allCases))
      #expect(person.trials.count == Gesture.allCases.count)
      var before: Int64 = 0
      for trial in person.trials {
        #expect(timing.trial.contains(trial.end - trial.begin))
        #expect(timing.pause.contains(trial.begin - before))
        before = trial.end
      }
      #expect(timing.pause.contains(person.duration - before))
    }
    #expect(Set(people.map { $0.trials.map(\.gesture) }).count == people.count)
  }

  @Test func eventsAreInOrderAndOnTheSensor() throws {
    for person in try Self.ten.get() {
      let events = person.events
      #expect(zip(events.t, events.t.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(events.t.allSatisfy { (0..<person.duration).contains($0) })
      #expect(
        events.indices.allSatisfy {
          SensorGeometry.dvs128.contains(x: events.x[$0], y: events.y[$0])
        })
      #expect((14_000...40_000).contains(events.count))
      // Whatever crosses a pixel comes and goes.
      let share = Double(events.on.count { $0 }) / Double(events.count)
      #expect((0.4...0.6).contains(share))
    }
  }

  @Test func handsMoveInTrialsAndRestInPauses() throws {
    for person in try Self.ten.get() {
      let inTrials = person.trials.reduce(0.0) {
        $0 + Double(Track.count(person.events, $1.begin..<$1.end))
      }
      let time = person.trials.reduce(Int64(0)) { $0 + $1.end - $1.begin }
      // Before the hands go up for the first time there is sway and noise only.
      let still = Track.count(person.events, 0..<person.trials[0].begin - 120_000)
      let restTime = Double(person.trials[0].begin - 120_000)
      #expect(inTrials / Double(time) > 1.5 * Double(still) / restTime)
    }
  }

  @Test func theRightHandIsOnTheLeftOfThePicture() throws {
    for person in try Self.ten.get() {
      func column(_ gesture: Gesture) throws -> Double {
        try Track(person, gesture).mean.x
      }
      let clap = try column(.handClapping)
      for gesture in [Gesture.rightHandWave, .rightArmClockwise, .rightArmCounterClockwise] {
        #expect(try column(gesture) < clap)
      }
      for gesture in [Gesture.leftHandWave, .leftArmClockwise, .leftArmCounterClockwise] {
        #expect(try column(gesture) > clap)
      }
    }
  }

  @Test func circlesBothWaysDifferInTimeOnly() throws {
    let pairs: [(Gesture, Gesture)] = [
      (.rightArmClockwise, .rightArmCounterClockwise),
      (.leftArmClockwise, .leftArmCounterClockwise),
    ]
    for (clockwise, counterClockwise) in pairs {
      var (negative, positive) = (0, 0)
      var distance = 0.0
      for person in try Self.ten.get() {
        let (one, other) = (try Track(person, clockwise), try Track(person, counterClockwise))
        negative += one.signedArea < 0 ? 1 : 0
        positive += other.signedArea > 0 ? 1 : 0
        distance += abs(one.mean.x - other.mean.x) + abs(one.mean.y - other.mean.y)
      }
      #expect(negative >= 9 && positive >= 9)
      #expect(distance / 10 < 8)
    }
  }

  static let hasGestures = SharedData.has("gesture/04_right_arm_clockwise.bs2")

  @Test(.enabled(if: hasGestures, "no recordings in ../shared/data/gesture next to the package"))
  func circlesGoTheWayOfDVS128Gesture() throws {
    let names = [
      "04_right_arm_clockwise": true, "05_right_arm_counter_clockwise": false,
      "06_left_arm_clockwise": true, "07_left_arm_counter_clockwise": false,
    ]
    for (name, isClockwise) in names {
      let events = try NMNISTCodec.decode(SharedData.bytes("gesture/\(name).bs2"))
      #expect((Track(events, 0..<1_015_000).signedArea < 0) == isClockwise, "\(name)")
    }
  }

  @Test func otherSensorsSeeTheSamePeople() throws {
    let geometry = SensorGeometry(width: 64, height: 64)
    let small = try GestureRecordings(geometry: geometry, seed: 3).recording(index: 0)
    let large = try Self.ten.get()[0]
    #expect(small.trials == large.trials)
    let events = small.events
    #expect(events.indices.allSatisfy { geometry.contains(x: events.x[$0], y: events.y[$0]) })
    #expect(events.count > large.events.count / 8 && events.count < large.events.count * 3 / 4)
  }

  @Test func parametersWithoutMeaningAreRefused() {
    #expect(
      throws: SimulationError.parameterOutOfRange(
        name: "transition", value: 200_000, allowed: "1000.0 to 125000.0")
    ) {
      try GestureRecordings(timing: GestureTiming(transition: 200_000), seed: 1)
    }
    #expect(throws: SimulationError.self) {
      try GestureRecordings(timing: GestureTiming(trial: 0...1), seed: 1)
    }
    #expect(throws: SimulationError.self) {
      try GestureRecordings(timing: GestureTiming(sampleInterval: 0), seed: 1)
    }
  }
}

/// Where the events of a stretch are, on average, over time.
struct Track {
  private(set) var mean = SIMD2<Double>()
  /// The area that the mean place of 30 ms each goes round: positive where it turns from x to y, which is clockwise in
  /// a picture whose rows count downwards, and negative the other way.
  private(set) var signedArea = 0.0

  init(_ events: EventBatch, _ stretch: Range<Int64>) {
    var sums = [SIMD3<Double>](repeating: .zero, count: Int((stretch.count - 1) / 30_000) + 1)
    for index in events.indices where stretch.contains(events.t[index]) {
      sums[Int(events.t[index] - stretch.lowerBound) / 30_000] += [
        Double(events.x[index]), Double(events.y[index]), 1,
      ]
    }
    let total = sums.reduce(.zero, +)
    mean = [total.x / total.z, total.y / total.z]
    let places = sums.filter { $0.z > 0 }.map { SIMD2($0.x / $0.z, $0.y / $0.z) - mean }
    for (one, next) in zip(places, places.dropFirst()) {
      signedArea += (one.x * next.y - next.x * one.y) / 2
    }
  }

  init(_ person: GestureRecordings.Recording, _ gesture: Gesture) throws {
    let trial = try #require(person.trials.first { $0.gesture == gesture })
    self.init(person.events, trial.begin..<trial.end)
  }

  static func count(_ events: EventBatch, _ stretch: Range<Int64>) -> Int {
    events.t.count { stretch.contains($0) }
  }
}
