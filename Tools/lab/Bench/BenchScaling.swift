import Events

/// What the time of a step follows, one thing at a time: learning at every step, through all that the engine does with a
/// stream.
struct BenchScaling: BenchWorkload {
  func groups(_ settings: BenchSettings) -> [BenchGroup] {
    settings.computes.flatMap { compute in
      [
        inputs(settings.samples, compute), events(settings.samples.count, compute),
        hidden(settings.samples, compute), length(settings.samples, compute),
      ]
    }
  }

  /// The same events on larger sensors.
  private func inputs(_ samples: BenchSamples, _ compute: BenchCompute) -> BenchGroup {
    BenchGroup(
      cases: [34, 68, 108, 128].map { side in
        let shape = shape(SensorGeometry(width: side, height: side))
        return stream("scaling.inputs/\(side)x\(side)", shape, compute) {
          samples.spread(over: side)
        }
      })
  }

  private func events(_ count: Int, _ compute: BenchCompute) -> BenchGroup {
    BenchGroup(
      cases: [1, 3, 10, 30, 100, 300].map { events in
        stream("scaling.events/\(events)", shape(), compute) {
          .scattered(eventsPerStep: events, samples: count)
        }
      })
  }

  private func hidden(_ samples: BenchSamples, _ compute: BenchCompute) -> BenchGroup {
    BenchGroup(
      cases: [50, 100, 200, 400, 800, 1600].map { hidden in
        stream("scaling.hidden/\(hidden)", shape(hidden: hidden), compute) { samples }
      })
  }

  /// A stream that has been going on for ten times as long: 30 s and 300 s.
  private func length(_ samples: BenchSamples, _ compute: BenchCompute) -> BenchGroup {
    let model = BenchModel(shape(), samples, compute)
    let ages = [("rss_1x_mb", 100), ("rss_10x_mb", 1000)]
    return BenchGroup(
      cases: [("1x", 1), ("10x", 2)].map { name, count in
        var stream = BenchCase("scaling.length/\(name)", shape: shape(), compute: compute) {
          try BenchEndlessSubject(
            model, ages: ages.prefix(count).map { (name: $0.0, trials: $0.1) })
        }
        // Measured from its age on, not from where the repetition before ended.
        stream.isRenewed = true
        return stream
      })
  }

  /// All of them learn so little that an old network has as many spikes as a young one.
  private func shape(_ geometry: SensorGeometry = .nmnist, hidden: Int = 200) -> BenchShape {
    BenchShape(geometry: geometry, hidden: hidden, learningRate: 1e-8)
  }

  private func stream(
    _ name: String, _ shape: BenchShape, _ compute: BenchCompute,
    _ samples: @escaping () -> BenchSamples
  ) -> BenchCase {
    BenchCase(name, shape: shape, compute: compute, settling: 16) {
      try BenchStreamSubject(BenchModel(shape, samples(), compute))
    }
  }
}
