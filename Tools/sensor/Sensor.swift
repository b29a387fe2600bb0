import ArgumentParser

@main
struct Sensor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-sensor",
    abstract: "Simulate an event camera, or bring one in that speaks another protocol.",
    discussion: """
      SCENES
        glyphs    digits drawn as strokes with random shape, place, slant and pen; as many as wanted
        idx       the images of a data set such as MNIST, from idx files, plain or gzip
        Either is shown to the sensor as N-MNIST was recorded (Orchard et al. 2015, doi:10.3389/fnins.2015.00437): three \
      saccades along a triangle, dark ink on white paper.
        gestures  people who clap, wave, roll their arms and draw circles, as in DVS128 Gesture (Amir et al. 2017, \
      doi:10.1109/CVPR.2017.781): each recording is another person, who performs every gesture once

      PIXELS
        The DVS pixel of Lichtsteiner, Posch and Delbruck (2008, doi:10.1109/JSSC.2007.914337): an event for each change \
      of log intensity by a threshold, followed by a dead time. Simulated from samples as in ESIM (Rebecq, Gehrig and \
      Scaramuzza 2018, PMLR 87:969-982), with the imperfections of v2e (Hu, Liu and Delbruck 2021, \
      doi:10.1109/CVPRW53098.2021.00144): thresholds that differ from pixel to pixel, noise events, leak events.

      A recording depends on the seed, its index and the parameters alone, and is the same on every machine to the bit.

      EXAMPLES
        afferent-sensor write --output streams
        afferent-sensor write --output gestures --scene gestures
        afferent-sensor live --labelled --count 500
        afferent-sensor bridge --from faery-udp://127.0.0.1:7777 --geometry 346x260
        afferent-sensor help live
      """,
    subcommands: [Write.self, Live.self, Bridge.self])
}
