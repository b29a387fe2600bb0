import Events
import Foundation
import Testing

/// Transforms of real recordings against what tonic 1.7.0 made of them, all times moved on by a second: in tonic all
/// pixels count as if they had fired at time 0.
@Suite struct TransformDataTests {
  static let hasNMNIST = SharedData.has("nmnist/Train/0/00002.bin")
  static let hasFormats = SharedData.has("formats/ncaltech101-faces_easy_0001.bin")

  static let nmnist: [(String, Int, String)] = [
    (
      "denoise=5000", 4382,
      "ed8de5604074c329bac95aabc2348d586d6b3686f55239a68860a70a921e8693"
    ),
    (
      "denoise=10000", 4625,
      "4f278f3311ebebcaf0a40a2289414152c658e689b004cdc5def966756f996aac"
    ),
    (
      "refractory_period=1000", 5010,
      "1494076f59c8b42940ebff784946d777556247ce0a1128ee81ce559b4dc1a3cb"
    ),
    (
      "refractory_period=20000", 1368,
      "cdd108853a5121c403cf9d6c769445119324c41938c554ed89a5e17386eea204"
    ),
    (
      "downsample=4", 5028,
      "cad52dc04743b4e86aec15ba99ecb80cb1ff1ab60fb042f7cdae8e24e7ea0054"
    ),
    (
      "downsample=spatial_factor=0.3", 5028,
      "2af89328a682af4622edec11c66aba670ae8fee20093f279aa351e55ad6d5512"
    ),
    (
      "downsample=time_factor=0.5", 5028,
      "5e74ee1b8fc59b523c3a5d50c15389d35d4c07fa97b0656bedcaf0e187005e01"
    ),
    (
      "downsample=17x11", 5028,
      "a1937cdf1fb97302e807a8f21b5f3d4c3f1e1f005598c7728b892f7b2ed09aae"
    ),
    (
      "center_crop=20x16", 3666,
      "49932eb209a00c3b74bc1b492bcfe0d0de2cda9137c49cc46fb1eef8f45222e9"
    ),
    (
      "flip_lr", 5028,
      "c4057a2d517ae99fd73218fae6ef1c7d3e6a1bef4b2a97de91760aa2f49478ea"
    ),
    (
      "flip_ud", 5028,
      "798a37d1ed702e4f508c1c5d55e6cfb9420731a96f9935310bd2e6e23bfff774"
    ),
    (
      "flip_polarity", 5028,
      "ed1e56ec632d92fa096e869474ce5aef9603102016f4b4483575105da0d0e0ad"
    ),
    (
      "merge_polarities", 5028,
      "9b1be5471c076174bddbc789f596af57d36685a688a4e7919d586c2912c330a3"
    ),
    (
      "time_skew=1.37,offset=1000", 5028,
      "a9812d33f3eb8c8ca554a374c880c156a0b62228416e0a0ec1763a7dabe5d4a7"
    ),
    (
      "drop_pixel=10:20,11:20,5:5", 4997,
      "048ec140936d45ec93b0e0a071aae1f4d18c46486c71c93f44026ff4061ac9b7"
    ),
  ]

  static let caltech: [(String, Int, String)] = [
    (
      "denoise=5000", 38546,
      "383d00a2a359354add8ab7b2fd53145458703269bccaa92d186899c16e720973"
    ),
    (
      "denoise=10000", 47935,
      "37e3956808d19fd8856d3266122aca0ccfa526f81f4f332261d988ea4d1fa843"
    ),
    (
      "refractory_period=1000", 65470,
      "9aff75e0a58cc6d24adb718e5fb133faa005164a2cad70e917aa47bb70cd83cb"
    ),
    (
      "refractory_period=20000", 39548,
      "c5f40f45fc7f7654fe146e7666e1a3ad2b63481ec2ccbc5c5a2bcaa71567f7cf"
    ),
  ]

  @Test(
    .enabled(if: hasNMNIST, "no recordings in ../shared/data/nmnist next to the package"),
    arguments: nmnist)
  func ofNMNIST(_ text: String, _ count: Int, _ digest: String) throws {
    try compare("nmnist/Train/0/00002.bin", .nmnist, text, count, digest)
  }

  @Test(
    .enabled(if: hasFormats, "no fixtures in ../shared/data/formats next to the package"),
    arguments: caltech)
  func ofCaltech(_ text: String, _ count: Int, _ digest: String) throws {
    let sensor = SensorGeometry(width: 240, height: 180)
    try compare("formats/ncaltech101-faces_easy_0001.bin", sensor, text, count, digest)
  }

  private func compare(
    _ path: String, _ sensor: SensorGeometry, _ text: String, _ count: Int, _ digest: String
  ) throws {
    let reader = try RecordingReader(
      path: SharedData.root.appending(path: path).path, chunkSize: 1000)
    var chain = try TransformChain([EventTransform(text)], input: sensor)
    var (batch, result) = (EventBatch(), EventDigest())
    var kept = 0
    while try reader.read(into: &batch) {
      batch.shift(by: 1_000_000)
      try chain.apply(to: &batch)
      kept += batch.count
      result.update(batch)
      batch.removeAll()
    }
    #expect(kept == count)
    #expect(result.finalize() == digest)
  }
}
