/// A change to a stream of events on its way from a sensor to a network, under tonic's names.
///
/// One text says it everywhere, on command lines and in configurations: see ``init(_:)``. A ``TransformChain`` does it.
public enum EventTransform: Hashable, Sendable {
  /// Keeps the events of a box whose upper left pixel is (`x`, `y`), and counts from there.
  case crop(x: Int, y: Int, size: SensorGeometry)
  /// Keeps the events of a box in the middle of the sensor, and counts from its corner.
  case centerCrop(size: SensorGeometry)
  /// Makes one pixel of several, and multiplies times by `timeFactor`, rounding down.
  ///
  /// No event is dropped: an edge that crosses several pixels becomes as many events of one pixel, often at almost
  /// the same time. An engine counts an address once a step; elsewhere a ``refractoryPeriod(_:since:)`` thins them out.
  case downsample(Downsampling, timeFactor: Double)
  /// Swaps left and right.
  case flipLR
  /// Swaps top and bottom.
  case flipUD
  /// Swaps ON and OFF.
  case flipPolarity
  /// Drops each event with `probability`, by itself. (tonic drops exactly that part of a whole recording; a stream
  /// has no whole.) Every event takes one number of the generator of `seed`.
  case dropEvent(probability: Double, seed: UInt64)
  /// Drops the events of these pixels: a mask for hot pixels that are known.
  case dropPixel([Pixel])
  /// Drops the events of pixels that fire too much in a quiet stretch at the beginning of the stream.
  ///
  /// For the first `stretch` microseconds of stream time events pass and are counted; then the mask stands for good.
  case hotPixels(HotPixels, stretch: Int64)
  /// Drops an event that comes no more than so many microseconds after another one of its pixel, whichever polarity.
  case refractoryPeriod(Int64, since: RefractoryStart)
  /// Drops an event unless one of the four pixels beside, above and below fired less than `filterTime` microseconds
  /// before, whichever polarity.
  ///
  /// The pixel itself does not count, and neither do diagonal neighbours: that is what tonic does. Nothing fired
  /// before the stream began. (In tonic all pixels count as if they had fired at time 0.)
  case denoise(filterTime: Int64)
  /// Makes every event OFF.
  case mergePolarities
  /// Multiplies times by `coefficient`, rounding down, and adds `offset` microseconds.
  case timeSkew(coefficient: Double, offset: Int64)

  /// A pixel of the sensor.
  public struct Pixel: Hashable, Sendable {
    /// Column, from the left.
    public var x: Int
    /// Row, from the top.
    public var y: Int

    public init(x: Int, y: Int) {
      (self.x, self.y) = (x, y)
    }
  }

  /// How many pixels become one.
  public enum Downsampling: Hashable, Sendable {
    /// Squares of this side; those at the right and at the bottom may be cut.
    case squares(side: Int)
    /// Coordinates are multiplied by this factor, above 0 and at most 1, and rounded down.
    case spatialFactor(Double)
    /// The whole sensor becomes one of this size, no larger than it was.
    case targetSize(SensorGeometry)
  }

  /// Which pixels are hot.
  public enum HotPixels: Hashable, Sendable {
    /// Those with more events a second than this.
    case frequency(Double)
    /// This many, the ones with the most events; of equals the upper, then the left one.
    case top(Int)
  }

  /// The event from which a refractory period counts.
  public enum RefractoryStart: String, Hashable, Sendable {
    /// The last event of the pixel, kept or dropped, as in tonic: a pixel that never pauses falls silent.
    case any
    /// The last event that was kept, as in a pixel's own refractory period.
    case kept
  }
}
