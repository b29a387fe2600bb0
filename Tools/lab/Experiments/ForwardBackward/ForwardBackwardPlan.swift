import Events
import Learning

/// All runs of the experiment.
struct ForwardBackwardPlan: Codable, Sendable {
  var seeds: [UInt64]
  var depths: [Int]
  var neurons: Int
  /// For gradients: trials learned before the second comparison, and trials compared.
  var learned: Int
  var compared: Int
  /// Steps of trials of other lengths.
  var lengths: [Int]
  /// Time constants of the readout in milliseconds, where its memory is what changes.
  var readoutTaus: [Double]
  /// For training curves.
  var curveDepths: [Int]
  var curveLearned: Int
  var curveTested: Int
  /// For the choice of their learning rates.
  var rates: [Double]
  var choiceLearned: Int
  var choiceTested: Int
  /// What everything but the real recordings is done with.
  var set: TrialSet.Name
  /// Whether gradients are compared on recordings of a real sensor too.
  var hasRealSet: Bool

  static let recordingMilliseconds = 300
  static var recordingMicroseconds: Int { recordingMilliseconds * 1000 }

  private enum CodingKeys: String, CodingKey {
    case seeds, depths, neurons, learned, compared, lengths, rates, set
    case readoutTaus = "readout_taus_ms"
    case curveDepths = "curve_depths"
    case curveLearned = "curve_learned"
    case curveTested = "curve_tested"
    case choiceLearned = "choice_learned"
    case choiceTested = "choice_tested"
    case hasRealSet = "real_recordings"
  }

  func base(_ depth: Int) -> GradientCase { GradientCase(set: set, depth: depth, neurons: neurons) }

  /// Rules and networks that are compared at each depth.
  private func rules(_ depth: Int) -> [GradientCase] {
    typealias Credit = LearnerConfiguration.Credit
    var cases: [GradientCase] = []
    func add(_ change: (inout GradientCase) -> Void) {
      var one = base(depth)
      change(&one)
      if one.isOffered { cases.append(one) }
    }
    for readout in LearnerConfiguration.Readout.Kind.allCases {
      for credit in Self.credits {
        add {
          $0.credit = credit
          $0.readout = readout
        }
      }
      for path in GradientCase.Path.allCases {
        for credit in Self.credits where credit != .instantaneous {
          add {
            $0.credit = credit
            $0.readout = readout
            $0.path = path
            $0.neuron = .current
          }
        }
      }
    }
    for credit in [Credit.symmetric, .instantaneous] {
      add {
        $0.credit = credit
        $0.isRecurrent = true
      }
    }
    return cases
  }

  static let credits: [LearnerConfiguration.Credit] = [
    .symmetric, .instantaneous, .random, .local,
  ]

  var ruleJobs: [CosineJob] { jobs(depths.flatMap { rules($0) }) }

  /// The default rule, and that without memory of what is above, on real recordings.
  var realJobs: [CosineJob] {
    guard hasRealSet else { return [] }
    return jobs(
      depths.flatMap { depth in
        [LearnerConfiguration.Credit.symmetric, .instantaneous].map { credit in
          var one = base(depth)
          one.set = .nmnist
          one.credit = credit
          return one
        }
      })
  }

  /// By the length of the trial.
  var lengthJobs: [CosineJob] {
    jobs(
      curveDepths.flatMap { depth in
        [LearnerConfiguration.Credit.symmetric, .instantaneous].flatMap { credit in
          [GradientCase.Length.cut, .resolution].flatMap { length in
            lengths.map { steps in
              var one = base(depth)
              one.credit = credit
              one.length = length
              one.steps = steps
              if length == .resolution {
                one.stepMicroseconds = Int64(Self.recordingMicroseconds / steps)
              }
              return one
            }
          }
        }
      })
  }

  /// By what a readout remembers and by what neurons clear: which of the dropped terms it is.
  var memoryJobs: [CosineJob] {
    jobs(
      depths.flatMap { depth in
        [LearnerConfiguration.Reset.subtract, .zero].flatMap { reset in
          readoutTaus.map { tau in
            var one = base(depth)
            one.reset = reset
            one.readoutTau = tau
            return one
          }
        }
      }, learned: 0)
  }

  private func jobs(_ cases: [GradientCase], learned: Int? = nil) -> [CosineJob] {
    seeds.flatMap { seed in
      cases.map {
        CosineJob(gradient: $0, learned: learned ?? self.learned, compared: compared, seed: seed)
      }
    }
  }

  /// One seed.
  var choiceJobs: [CurveJob] {
    curveDepths.flatMap { depth in
      CurveJob.Method.learning.flatMap { method in
        rates.map { rate in
          CurveJob(
            gradient: base(depth), method: method, rate: rate, learned: choiceLearned,
            tested: choiceTested, isChoice: true, seed: seeds[0])
        }
      }
    }
  }

  /// - Parameter choices: what came of ``choiceJobs``.
  func curveJobs(_ choices: [ExperimentRuns<CurveJob>.Run]) -> [CurveJob] {
    seeds.flatMap { seed in
      curveDepths.flatMap { depth in
        CurveJob.Method.learning.map { method in
          CurveJob(
            gradient: base(depth), method: method, rate: rate(depth, method, choices),
            learned: curveLearned, tested: curveTested, isChoice: false, seed: seed)
        }
      }
    }
  }

  private func rate(
    _ depth: Int, _ method: CurveJob.Method, _ choices: [ExperimentRuns<CurveJob>.Run]
  ) -> Double {
    let best = choices.filter { $0.job.gradient.depth == depth && $0.job.method == method }
      .max { $0.outcome.accuracy < $1.outcome.accuracy }
    return best?.job.rate ?? rates[0]
  }

  /// The engine and the reference along the same terms, for as many trials as the slow one allows.
  var coincidenceJobs: [CurveJob] {
    curveDepths.flatMap { depth in
      [CurveJob.Method.engine, .reference].map { method in
        CurveJob(
          gradient: base(depth), method: method, rate: 0.001, learned: min(curveLearned, 100),
          tested: min(curveTested, 200), isChoice: false, seed: seeds[0])
      }
    }
  }

  /// Recordings of ``set`` that are needed.
  var learnedCount: Int { max(learned, curveLearned, choiceLearned + choiceTested) }
  var unseenCount: Int { max(compared, curveTested) }
}
