// swift-tools-version: 6.2

import PackageDescription

// Microbenchmarks, apart from the package that they measure: neither building nor testing it needs anything of this.
let package = Package(
  name: "afferent-benchmarks",
  dependencies: [
    .package(name: "afferent", path: "../.."),
    // Without its traits, which put counters into every allocation and reference count.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Afferent",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Events", package: "afferent"),
        .product(name: "Learning", package: "afferent"),
        .product(name: "Transport", package: "afferent"),
      ],
      path: "Benchmarks/Afferent",
      swiftSettings: [
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("ExistentialAny"),
      ],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ],
  swiftLanguageModes: [.v6]
)
