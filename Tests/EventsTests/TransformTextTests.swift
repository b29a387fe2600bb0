import Events
import Foundation
import Testing

@Suite struct TransformTextTests {
  @Test(arguments: TransformTests.texts)
  func whatIsWrittenIsReadAsTheSame(_ text: String) throws {
    let transform = try EventTransform(text)
    #expect(try EventTransform(transform.description) == transform)
    let json = try JSONEncoder().encode([transform])
    #expect(try JSONDecoder().decode([EventTransform].self, from: json) == [transform])
    #expect(try JSONDecoder().decode([String].self, from: json) == [transform.description])
  }

  @Test func placesAndKeysMeanTheSame() throws {
    let size = SensorGeometry(width: 64, height: 48)
    #expect(try EventTransform("crop=10,20,64x48") == .crop(x: 10, y: 20, size: size))
    #expect(try EventTransform("crop=size=64x48,y=20,x=10") == .crop(x: 10, y: 20, size: size))
    #expect(try EventTransform("crop=size=64x48,10,20") == .crop(x: 10, y: 20, size: size))
    #expect(try EventTransform("drop_event=0.25") == .dropEvent(probability: 0.25, seed: 1))
    #expect(
      try EventTransform("drop_event=p=0.25,seed=8") == .dropEvent(probability: 0.25, seed: 8))
    #expect(try EventTransform("denoise=filter_time=5") == .denoise(filterTime: 5))
    #expect(
      try EventTransform("downsample=target_size=64x48")
        == .downsample(.targetSize(size), timeFactor: 1))
    #expect(
      try EventTransform("downsample=4,time_factor=0.5")
        == .downsample(.squares(side: 4), timeFactor: 0.5))
    #expect(try EventTransform("hot_pixels=60") == .hotPixels(.frequency(60), stretch: 1_000_000))
    #expect(try EventTransform("time_skew=2,5") == .timeSkew(coefficient: 2, offset: 5))
  }

  @Test(arguments: [
    ("", ["no transform \"\"", "crop, center_crop, downsample"]), ("Crop=1,2,3x4", ["\"Crop\""]),
    ("denoise", ["denoise: filter_time is missing", "denoise=10000"]),
    ("denoise=", ["filter_time is \"\"", "1 to 86400000000"]),
    ("denoise=0", ["filter_time is \"0\"", "1 to 86400000000"]),
    ("denoise=1.5", ["filter_time is \"1.5\"", "whole number"]),
    ("denoise=1,2", ["\"2\" is no argument"]), ("denoise=1,x=2", ["\"x=2\" is no argument"]),
    ("flip_lr=1", ["\"1\" is no argument", "without arguments"]),
    ("crop=10", ["y is missing", "quotes"]), ("crop=1,2", ["size is missing"]),
    ("crop=1,2,3", ["size is \"3\"", "WIDTHxHEIGHT"]), ("crop=1,2,0x4", ["size is \"0x4\""]),
    ("crop=-1,2,3x4", ["x is \"-1\"", "0 to 65535"]), ("crop=1,2,3x4x5", ["\"3x4x5\""]),
    ("downsample", ["target_size is missing"]), ("downsample=0", ["\"0\"", "1 to 65536"]),
    ("downsample=0.25", ["\"0.25\"", "spatial_factor"]),
    ("downsample=spatial_factor=2", ["\"2\"", "1.0"]),
    ("downsample=2,time_factor=nan", ["time_factor is \"nan\""]),
    ("drop_event=1.1", ["p is \"1.1\"", "0.0 to 1.0"]), ("drop_event=nan", ["\"nan\""]),
    ("drop_event=0.1,seed=-1", ["seed is \"-1\""]), ("drop_pixel", ["0 pixels", "65536"]),
    ("drop_pixel=1:2,3", ["\"3\" is not x:y"]), ("drop_pixel=1:2:3", ["not x:y"]),
    ("drop_pixel=1:65536", ["not x:y"]), ("hot_pixels=top=0", ["top is \"0\"", "1 to 65536"]),
    ("hot_pixels=5,top=5,3", ["\"3\" is no argument"]), ("hot_pixels", ["frequency is missing"]),
    ("hot_pixels=5,stretch_us=0", ["stretch_us is \"0\""]),
    ("refractory_period=5,since=never", ["since is \"never\"", "any or kept"]),
    ("time_skew=0", ["coefficient is \"0\""]), ("time_skew=-1", ["coefficient"]),
    ("time_skew=inf", ["\"inf\""]), ("time_skew=1,offset=1e3", ["offset is \"1e3\""]),
    ("de\u{1B}[2Jnoise", ["\"de?[2Jnoise\""]),
  ])
  func whatCannotBeReadIsRefusedByWord(_ text: String, _ mentions: [String]) {
    #expect {
      _ = try EventTransform(text)
    } throws: { error in
      error is TransformError && mentions.allSatisfy { "\(error)".contains($0) }
    }
  }

  @Test func anyTextIsReadOrRefused() {
    var random = SplitMix64(seed: 12)
    let pieces =
      ["=", ",", ":", "x", "-", "1", "0.5", "99999999999999999999", "é", "\0", "top", "seed"]
      + TransformTests.texts.flatMap { $0.split(separator: "=").map(String.init) }
    for _ in 0..<20_000 {
      let text = (0...random.nextInteger(below: 7)).map { _ in
        pieces[random.nextInteger(below: pieces.count)]
      }.joined()
      guard let transform = try? EventTransform(text) else { continue }
      #expect((try? EventTransform(transform.description)) == transform, "\(text)")
    }
  }

  @Test func everyUsageBeginsWithWhatCanBeRead() throws {
    for usage in EventTransform.usages {
      let example = usage.split(separator: " ")[0].trimmingCharacters(in: .init(charactersIn: ","))
      _ = try EventTransform(example)
    }
  }
}
